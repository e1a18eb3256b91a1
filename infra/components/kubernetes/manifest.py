"""Kubernetes objects as plain dicts, written as YAML would be. Their leaves may be Pulumi outputs."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]


def manifest(
    api_version: str,
    kind: str,
    name: object,
    *,
    namespace: object = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    **parts: object,
) -> Manifest:
    """Return an object.

    Args:
        api_version: such as `apps/v1`.
        kind: such as `Deployment`.
        name: the object's name in the cluster.
        namespace: None for objects of the whole cluster.
        labels: of the object itself.
        annotations: of the object itself.
        parts: what stands beside `metadata`, such as `spec`.
    """
    optional = {"namespace": namespace, "labels": labels, "annotations": annotations}
    metadata = {"name": name} | {key: value for key, value in optional.items() if value is not None}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}
