"""An EC2 instance that sets itself up at boot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.ami import is_parameter, resolve_ami
from infra.components.aws.compute.data_volume import DataVolume
from infra.components.aws.compute.instance_profile import InstanceProfile, InstanceProfileArgs
from infra.components.aws.compute.user_data import user_data
from infra.components.aws.iam.grant import Grant
from infra.components.aws.network.network import Network, Subnet
from infra.components.aws.network.security_group import security_group


@dataclass(frozen=True, kw_only=True)
class Ec2InstanceArgs:
    """Arguments for `Ec2Instance`.

    Args:
        network: the network of the security group.
        subnet: a subnet of that network.
        role: the directory of `infra/boot` with the scripts that the instance runs at boot.
        settings: the variables that those scripts require, besides `REGION`, `LOG_GROUP` and `DATA_VOLUME`.
        ami: an id, or the name of a public SSM parameter that holds one.
        instance_type: one of x86_64, such as `t2.small`.
        volume_size: of the root volume, in GiB.
        grants: what the instance may do in AWS besides reporting on itself.
        data_volume: a volume to attach.
        private_ip: a fixed address in the subnet, which each replacement takes over.
        associate_public_ip_address: whether it starts with a public address; not needed with an Elastic IP.
        source_dest_check: False lets it forward packets that are not its own, as a NAT does.
        key_name: the EC2 key pair for SSH; without one, Session Manager is the only way in.
    """

    network: Network
    subnet: Subnet
    role: str
    settings: Mapping[str, pulumi.Input[str]]
    ami: str
    instance_type: str
    volume_size: int
    grants: Sequence[Grant]
    data_volume: DataVolume | None = None
    private_ip: str | None = None
    associate_public_ip_address: bool = False
    source_dest_check: bool = True
    key_name: pulumi.Input[str] | None = None


class Ec2Instance(pulumi.ComponentResource):
    """An EC2 instance with a role, a log group and a security group of its own.

    A change of AMI, script or setting replaces the instance; nobody changes one by hand. Its log group and
    its tag `BootStatus` tell how the boot went: `running`, `ok` or `failed with status N`.
    """

    id: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    log_group: pulumi.Output[str]
    network_interface_id: pulumi.Output[str]

    def __init__(self, name: str, args: Ec2InstanceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Ec2Instance", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        logs = aws.cloudwatch.LogGroup(name, retention_in_days=30, opts=child_opts)
        group = security_group(name, args.network.vpc_id, self)
        profile = InstanceProfile(
            name, InstanceProfileArgs(log_group_arn=logs.arn, grants=args.grants), child_opts
        )

        settings = {**args.settings, "REGION": region, "LOG_GROUP": logs.name}
        if args.data_volume is not None:
            settings["DATA_VOLUME"] = args.data_volume.id
        instance = aws.ec2.Instance(
            name,
            ami=resolve_ami(args.ami, self),
            instance_type=args.instance_type,
            subnet_id=args.subnet.id,
            private_ip=args.private_ip,
            # None rather than False: AWS reports True once an Elastic IP is there, which would be a diff.
            associate_public_ip_address=True if args.associate_public_ip_address else None,
            source_dest_check=args.source_dest_check,
            vpc_security_group_ids=[group.id],
            iam_instance_profile=profile.name,
            key_name=args.key_name,
            user_data=user_data(args.role, settings),
            user_data_replace_on_change=True,
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # One hop: a container cannot reach the instance's credentials.
                http_put_response_hop_limit=1,
            ),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                encrypted=True, volume_type="gp3", volume_size=args.volume_size
            ),
            tags={"Name": name},
            opts=pulumi.ResourceOptions(
                parent=self,
                # A fixed address and a volume can belong to one instance at a time.
                delete_before_replace=args.private_ip is not None or args.data_volume is not None,
                ignore_changes=["ami"] if is_parameter(args.ami) else [],
            ),
        )
        if args.data_volume is not None:
            args.data_volume.attach(instance)

        self.id = instance.id
        self.private_ip = instance.private_ip
        self.security_group_id = group.id
        self.log_group = logs.name
        self.network_interface_id = instance.primary_network_interface_id
        self.register_outputs(
            {
                "id": self.id,
                "private_ip": self.private_ip,
                "security_group_id": self.security_group_id,
                "log_group": self.log_group,
                "network_interface_id": self.network_interface_id,
            }
        )
