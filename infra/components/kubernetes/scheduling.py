"""Where the scheduler places pods."""

from collections.abc import Mapping

from infra.components.kubernetes.manifest import Manifest

ZONE, NODE = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def spread(labels: Mapping[str, str], *topology_keys: str) -> list[Manifest]:
    """Return constraints that spread pods with these labels over zones or nodes, where there is room."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in topology_keys
    ]
