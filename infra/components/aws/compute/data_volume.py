"""An EBS volume for data, which outlives the instance that it is attached to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.network.network import Subnet


@dataclass(frozen=True, kw_only=True)
class DataVolumeArgs:
    """Arguments for `DataVolume`.

    Args:
        subnet: its instance's subnet; a volume can be attached only in its own availability zone.
        size: in GiB; it can grow later, never shrink.
        retain_data: keep the volume when the stack is destroyed, for 0.08 USD per GiB and month.
    """

    subnet: Subnet
    size: int
    retain_data: bool


class DataVolume(pulumi.ComponentResource):
    """An encrypted gp3 volume."""

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
        """Attach the volume to an EC2 instance, whose boot script waits for it."""
        aws.ec2.VolumeAttachment(
            self.pulumi_resource_name,
            instance_id=instance.id,
            volume_id=self.id,
            device_name="/dev/sdf",
            # Detaching a mounted volume may lose data.
            stop_instance_before_detaching=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
