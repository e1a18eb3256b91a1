"""A volume that several pods share."""

from dataclasses import dataclass

import pulumi

from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.manifest import Manifest, manifest
from infra.components.kubernetes.volumes import claim_spec, efs_volume

# The storage class may wait for a first pod, and the first pod of a stack is not created before the claim is.
ANNOTATIONS = {"pulumi.com/skipAwait": "true"}


@dataclass(frozen=True, kw_only=True)
class EfsVolume:
    """A directory of EFS.

    Args:
        file_system: its id.
        access_point: the id of the access point that leads to the directory.
    """

    file_system: pulumi.Input[str]
    access_point: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class StorageClassVolume:
    """A volume that a storage class provides.

    Args:
        storage_class: None takes the cluster's default.
        access_mode: `ReadWriteMany`, or `ReadWriteOnce` where the class offers no other: all pods then run on
            one node.
    """

    storage_class: str | None
    access_mode: str


@dataclass(frozen=True, kw_only=True)
class SharedVolumeArgs:
    """Arguments for `SharedVolume`.

    Args:
        namespace: the one of the pods.
        source: where the files are.
        size: in GiB; EFS ignores it and grows by itself.
    """

    namespace: pulumi.Input[str]
    source: EfsVolume | StorageClassVolume
    size: int


class SharedVolume(pulumi.ComponentResource):
    """A volume and the claim, called as the component, by which pods mount it."""

    claim: pulumi.Output[str]

    def __init__(self, name: str, args: SharedVolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:SharedVolume", name, None, opts)
        match args.source:
            case EfsVolume() as efs:
                claim = self._on_efs(name, args, efs)
            case StorageClassVolume() as provided:
                claim = apply(_claim(name, args, provided), pulumi.ResourceOptions(parent=self))
        self.claim = applied_name(claim)
        self.register_outputs({"claim": self.claim})

    def _on_efs(self, name: str, args: SharedVolumeArgs, efs: EfsVolume) -> pulumi.CustomResource:
        volume, claim = efs_volume(
            # Volumes belong to the whole cluster, hence the namespace in the name.
            pulumi.Output.concat(args.namespace, f"-{name}"),
            namespace=args.namespace,
            claim=name,
            volume_handle=pulumi.Output.concat(efs.file_system, "::", efs.access_point),
            storage=f"{args.size}Gi",
            annotations=ANNOTATIONS,
        )
        made = apply(volume, pulumi.ResourceOptions(parent=self), logical_name=name)
        return apply(claim, pulumi.ResourceOptions(parent=self, depends_on=[made]))


def _claim(name: str, args: SharedVolumeArgs, provided: StorageClassVolume) -> Manifest:
    return manifest(
        "v1",
        "PersistentVolumeClaim",
        name,
        namespace=args.namespace,
        annotations=ANNOTATIONS,
        spec=claim_spec(provided.access_mode, f"{args.size}Gi", storage_class=provided.storage_class),
    )
