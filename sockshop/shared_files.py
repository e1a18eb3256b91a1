"""Volumes of EFS for the stores that can live on a network file system."""

from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import Manifest, labels, on_shared_files
from sockshop.workloads import manifest


def volumes(workload: Workload, options: Options) -> list[Manifest]:
    """Give the volume of a store on its own directory of the file system, and the claim on it, or none."""
    if options.shared_files is None or workload.volume is None or not on_shared_files(workload, options):
        return []
    # Volumes belong to the whole cluster, hence the namespace in the name.
    name = f"{options.namespace}-{workload.name}"
    common = {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "",  # this very volume, and none that a class would make
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": labels(workload.name)},
        "spec": {
            **common,
            "capacity": {"storage": workload.volume.size},
            "persistentVolumeReclaimPolicy": "Retain",
            "mountOptions": ["tls"],
            "claimRef": {"namespace": options.namespace, "name": workload.name},
            "csi": {
                "driver": "efs.csi.aws.com",
                "volumeHandle": options.shared_files.volumes[workload.name],
            },
        },
    }
    claim = manifest(
        "v1",
        "PersistentVolumeClaim",
        workload.name,
        options,
        spec={
            **common,
            "volumeName": name,
            "resources": {"requests": {"storage": workload.volume.size}},
        },
    )
    return [volume, claim]
