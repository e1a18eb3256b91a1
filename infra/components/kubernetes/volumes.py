"""Volumes of pods, and claims on volumes that outlive them."""

from collections.abc import Mapping, Sequence

from infra.components.kubernetes.manifest import Manifest, manifest


def empty_dir(name: str, size_limit: str, *, in_memory: bool = False) -> Manifest:
    """Return a volume that lives as long as its pod; in memory, it counts as memory of the container."""
    source = {"sizeLimit": size_limit}
    if in_memory:
        source["medium"] = "Memory"
    return {"name": name, "emptyDir": source}


def secret_volume(name: str, secret: object, keys: Sequence[str] = ()) -> Manifest:
    """Return a volume with a Secret's keys, all or these, as files that the pod's group can read."""
    source: Manifest = {"secretName": secret, "defaultMode": 0o440}
    if keys:
        source["items"] = [{"key": key, "path": key} for key in keys]
    return {"name": name, "secret": source}


def claim_spec(
    access_mode: str, storage: str, *, storage_class: object = None, volume_name: object = None
) -> Manifest:
    """Return the specification of a claim.

    Args:
        access_mode: such as `ReadWriteOnce`.
        storage: as Kubernetes writes quantities, such as `5Gi`.
        storage_class: None takes the cluster's default class, an empty string none at all.
        volume_name: the one PersistentVolume that is claimed; None takes any.
    """
    optional = {"storageClassName": storage_class, "volumeName": volume_name}
    return {
        "accessModes": [access_mode],
        "resources": {"requests": {"storage": storage}},
        **{key: value for key, value in optional.items() if value is not None},
    }


def efs_volume(
    volume_name: object,
    *,
    namespace: object,
    claim: str,
    volume_handle: object,
    storage: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> tuple[Manifest, Manifest]:
    """Return a PersistentVolume on EFS and the claim on it.

    Args:
        volume_name: unique in the cluster.
        namespace: the claim's.
        claim: the claim's name.
        volume_handle: `fs-...::fsap-...`: the file system and the access point.
        storage: EFS grows by itself; only the form asks for a size.
        labels: of both.
        annotations: of the claim.
    """
    volume = manifest(
        "v1",
        "PersistentVolume",
        volume_name,
        labels=labels,
        spec={
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "",
            "capacity": {"storage": storage},
            "persistentVolumeReclaimPolicy": "Retain",
            "mountOptions": ["tls"],
            "claimRef": {"namespace": namespace, "name": claim},
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": volume_handle},
        },
    )
    claim_on_it = manifest(
        "v1",
        "PersistentVolumeClaim",
        claim,
        namespace=namespace,
        labels=labels,
        annotations=annotations,
        spec=claim_spec("ReadWriteMany", storage, storage_class="", volume_name=volume_name),
    )
    return volume, claim_on_it
