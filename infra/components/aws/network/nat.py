"""The way out for private subnets: translation of their addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance import Ec2Instance, Ec2InstanceArgs
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, Edge, End, Node, allow
from infra.components.aws.network.network import Network, Subnet


class NatStrategy(StrEnum):
    """How private subnets reach the Internet; prices are those of us-east-1, per month, without traffic."""

    INSTANCE = "instance"  # 7.50 USD: a t3.nano and its public address; when it fails, no way out for minutes
    GATEWAY = "gateway"  # 36.50 USD and 0.045 USD for each GB: AWS keeps it running, in one zone
    GATEWAY_PER_ZONE = "gateway-per-zone"  # 36.50 USD a zone: no zone's way out depends on another zone
    NONE = "none"  # nothing: for subnets that need only what is in the network


@dataclass(frozen=True, kw_only=True)
class NatArgs:
    """What a NAT is made of.

    Args:
        network: all its private subnets use the NAT, which is in the first public one, or in their zone's.
        kind: see `NatStrategy`.
        image: of the NAT machine, an id or the public SSM parameter that holds one; Ubuntu 22.04.
    """

    network: Network
    kind: NatStrategy
    image: str


class Nat(pulumi.ComponentResource):
    """NAT gateways, a small machine that does the same, or nothing."""

    machine: Ec2Instance | None = None

    def __init__(self, name: str, args: NatArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Nat", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        network = args.network
        gateways: Sequence[aws.ec2.NatGateway] = []
        if args.kind is NatStrategy.GATEWAY:
            gateways = [self._gateway(name, network.public[0])]
        elif args.kind is NatStrategy.GATEWAY_PER_ZONE:
            gateways = [
                self._gateway(f"{name}-{number}", subnet) for number, subnet in enumerate(network.public)
            ]
        elif args.kind is NatStrategy.INSTANCE:
            self.machine = Ec2Instance(
                name,
                Ec2InstanceArgs(
                    network=network,
                    subnet=network.public[0],
                    role="nat",
                    settings={},
                    image=args.image,
                    size="t3.nano",
                    disk=8,
                    grants=[],
                    public_ip=True,
                    forwards=True,
                ),
                child_opts,
            )
            for port in (HTTP, HTTPS):
                allow(self.machine, INTERNET, port)
        if args.kind is not NatStrategy.NONE:
            for number, private in enumerate(network.private):
                aws.ec2.Route(
                    f"{name}-{number}",
                    route_table_id=private.route_table_id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=gateways[number % len(gateways)].id if gateways else None,
                    network_interface_id=self.machine.network_interface_id if self.machine else None,
                    opts=child_opts,
                )
        self.register_outputs({})

    def _gateway(self, name: str, subnet: Subnet) -> aws.ec2.NatGateway:
        child_opts = pulumi.ResourceOptions(parent=self)
        address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=child_opts)
        return aws.ec2.NatGateway(
            name, subnet_id=subnet.id, allocation_id=address.id, tags={"Name": name}, opts=child_opts
        )

    def carry(self, source: Node, port: int) -> list[Edge]:
        """Let a block in a private subnet open connections to a port of the Internet."""
        ends: list[End] = [INTERNET] if self.machine is None else [INTERNET, self.machine]
        return [allow(source, end, port) for end in ends]
