"""A disk for data, which outlives the machine that it is attached to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.network.network import Subnet


@dataclass(frozen=True, kw_only=True)
class DataVolumeArgs:
    """What a data volume is made of.

    Args:
        subnet: where its machine is: a volume can be attached only in its own availability zone.
        size: in GiB; it can grow later, never shrink.
        keep: leave the volume in the account when the stack is destroyed, 0.08 USD a month for each GiB.
    """

    subnet: Subnet
    size: int
    retain_data: bool


class DataVolume(pulumi.ComponentResource):
    """An encrypted EBS volume of the type gp3."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: DataVolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:DataVolume", name, None, opts)
        volume = aws.ebs.Volume(
            name,
            availability_zone=args.subnet.availability_zone,
            size=args.size,
            type="gp3",
            encrypted=True,
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=args.retain_data),
        )
        self.id = volume.id
        self.register_outputs({"id": self.id})

    def attach(self, instance: aws.ec2.Instance) -> None:
        """Attach the volume to a machine, where the machine's script waits for it."""
        aws.ec2.VolumeAttachment(
            self.pulumi_resource_name,
            instance_id=instance.id,
            volume_id=self.id,
            device_name="/dev/sdf",
            # A file system that is torn from a running machine may lose what was being written.
            stop_instance_before_detaching=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
