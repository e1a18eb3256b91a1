"""The way from private subnets to the Internet: network address translation (NAT)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance import Ec2Instance, Ec2InstanceArgs
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, Edge, Endpoint, Peer, allow
from infra.components.aws.network.network import Network, Subnet


class NatStrategy(StrEnum):
    """How private subnets reach the Internet. Prices are those of us-east-1, per month, without traffic."""

    INSTANCE = "instance"  # 7.50 USD: a t3.nano and its public address; no way out for minutes if it fails
    GATEWAY = "gateway"  # 36.50 USD and 0.045 USD per GB: AWS keeps it running, in one zone
    GATEWAY_PER_ZONE = "gateway-per-zone"  # 36.50 USD per zone: no zone depends on another


@dataclass(frozen=True, kw_only=True)
class NatArgs:
    """Arguments for `Nat`.

    Args:
        network: all its private subnets use the NAT, which is in the first public subnet or, with a gateway
            per zone, in each of them.
        strategy: a NAT instance, one NAT gateway, or one per zone.
        ami: the NAT instance's AMI, an id or the name of a public SSM parameter that holds one; Ubuntu 22.04.
    """

    network: Network
    strategy: NatStrategy
    ami: str


class Nat(pulumi.ComponentResource):
    """NAT gateways, or a small EC2 instance that does the same; `instance` is None for gateways."""

    instance: Ec2Instance | None = None

    def __init__(self, name: str, args: NatArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Nat", name, None, opts)
        network = args.network
        gateways: Sequence[aws.ec2.NatGateway] = []
        match args.strategy:
            case NatStrategy.INSTANCE:
                self.instance = self._nat_instance(name, args)
            case NatStrategy.GATEWAY:
                gateways = [self._nat_gateway(name, network.public_subnets[0])]
            case NatStrategy.GATEWAY_PER_ZONE:
                gateways = [
                    self._nat_gateway(f"{name}-{number}", subnet)
                    for number, subnet in enumerate(network.public_subnets)
                ]
        for number, subnet in enumerate(network.private_subnets):
            aws.ec2.Route(
                f"{name}-{number}",
                route_table_id=subnet.route_table_id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways[number % len(gateways)].id if gateways else None,
                network_interface_id=self.instance.network_interface_id if self.instance else None,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

    def allow_egress(self, source: Endpoint, port: int) -> list[Edge]:
        """Let a component in a private subnet open connections to a port of the Internet."""
        targets: list[Peer] = [INTERNET] if self.instance is None else [INTERNET, self.instance]
        return [allow(source, target, port) for target in targets]

    def _nat_instance(self, name: str, args: NatArgs) -> Ec2Instance:
        instance = Ec2Instance(
            name,
            Ec2InstanceArgs(
                network=args.network,
                subnet=args.network.public_subnets[0],
                role="nat",
                settings={},
                ami=args.ami,
                instance_type="t3.nano",
                volume_size=8,
                grants=[],
                associate_public_ip_address=True,
                source_dest_check=False,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        for port in (HTTP, HTTPS):
            allow(instance, INTERNET, port)
        return instance

    def _nat_gateway(self, name: str, subnet: Subnet) -> aws.ec2.NatGateway:
        child_opts = pulumi.ResourceOptions(parent=self)
        elastic_ip = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=child_opts)
        return aws.ec2.NatGateway(
            name, subnet_id=subnet.id, allocation_id=elastic_ip.id, tags={"Name": name}, opts=child_opts
        )
