"""Files that all pods of the shop share."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs


@dataclass(frozen=True, kw_only=True)
class OnEfs:
    """A directory of EFS.

    Args:
        file_system: its id.
        access_point: the id of the access point behind which the directory is.
    """

    file_system: pulumi.Input[str]
    access_point: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class OfClass:
    """A volume that the cluster makes.

    Args:
        storage_class: which one; None is the cluster's default.
        access: `ReadWriteMany`, or `ReadWriteOnce` where the class knows no better: all pods are then on one
            node.
    """

    storage_class: str | None
    access: str


@dataclass(frozen=True, kw_only=True)
class SharedVolumeArgs:
    """What a shared volume is made of.

    Args:
        namespace: where its users are.
        kind: where the files lie.
        size: in GiB; EFS grows by itself, and only the form asks for one.
    """

    namespace: pulumi.Input[str]
    kind: OnEfs | OfClass
    size: int


class SharedVolume(pulumi.ComponentResource):
    """A claim that pods mount by its name."""

    claim: pulumi.Output[str]

    def __init__(self, name: str, args: SharedVolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:SharedVolume", name, None, opts)
        match args.kind:
            case OnEfs() as efs:
                claim = self._on_efs(name, args, efs)
            case OfClass(storage_class=storage_class, access=access):
                claim = self._claim(name, args, access, storage_class=storage_class)
        self.claim = claim.metadata.name.apply(str)
        self.register_outputs({"claim": self.claim})

    def _on_efs(self, name: str, args: SharedVolumeArgs, efs: OnEfs) -> core.PersistentVolumeClaim:
        volume = core.PersistentVolume(
            name,
            # A volume is the whole cluster's: its name says whose it is.
            metadata=ObjectMetaArgs(name=pulumi.Output.concat(args.namespace, f"-{name}")),
            spec=core.PersistentVolumeSpecArgs(
                capacity={"storage": f"{args.size}Gi"},
                access_modes=["ReadWriteMany"],
                persistent_volume_reclaim_policy="Retain",
                storage_class_name="",
                mount_options=["tls"],
                claim_ref=core.ObjectReferenceArgs(namespace=args.namespace, name=name),
                csi=core.CSIPersistentVolumeSourceArgs(
                    driver="efs.csi.aws.com",
                    volume_handle=pulumi.Output.concat(efs.file_system, "::", efs.access_point),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return self._claim(
            name, args, "ReadWriteMany", storage_class="", volume=volume.metadata.name.apply(str)
        )

    def _claim(
        self,
        name: str,
        args: SharedVolumeArgs,
        access: str,
        *,
        storage_class: str | None,
        volume: pulumi.Output[str] | None = None,
    ) -> core.PersistentVolumeClaim:
        return core.PersistentVolumeClaim(
            name,
            metadata=ObjectMetaArgs(
                name=name,
                namespace=args.namespace,
                # A class may wait for the first pod, which waits for the migrations, which wait for this.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=core.PersistentVolumeClaimSpecArgs(
                access_modes=[access],
                storage_class_name=storage_class,
                volume_name=volume,
                resources=core.VolumeResourceRequirementsArgs(requests={"storage": f"{args.size}Gi"}),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
