"""Volumes on EFS, for the datastores that can use a network file system."""

from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.volumes import efs_volume
from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import labels, uses_efs


def volumes(workload: Workload, options: Options) -> list[Manifest]:
    """Return the volume of a datastore on EFS and the claim on it, or nothing for one that is not on EFS."""
    if options.efs is None or workload.volume is None or not uses_efs(workload, options):
        return []
    return list(
        efs_volume(
            # Volumes belong to the whole cluster, hence the namespace in the name.
            f"{options.namespace}-{workload.name}",
            namespace=options.namespace,
            claim=workload.name,
            volume_handle=options.efs.volume_handles[workload.name],
            storage=workload.volume.size,
            labels=labels(workload.name),
        )
    )
