"""The network: a VPC with public and private subnets."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Protocol

import pulumi
import pulumi_aws as aws

RANGE = IPv4Network("10.20.0.0/16")


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a network is made of.

    Args:
        zones: how many availability zones it spans, 1-4, each with a public and a private subnet.
        data: whether each zone also has a subnet for data, which never leads anywhere outside.
    """

    zones: int
    data: bool = False


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """One of the network's subnets.

    Args:
        addresses: its range, of which AWS keeps the first four addresses and the last.
    """

    id: pulumi.Output[str]
    zone: pulumi.Output[str]
    addresses: IPv4Network
    route_table_id: pulumi.Output[str]


class NetworkRef(Protocol):
    """Where blocks stand: a network of this stack's, or of another's."""

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        """Return the VPC."""

    @property
    def public_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the subnets that the Internet reaches, one in each zone."""

    @property
    def data_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the subnets for data, one in each zone."""


class Network(pulumi.ComponentResource):
    """A VPC: public subnets reach the Internet, private ones do once a NAT is drawn, those for data never.

    Objects in S3 are reached without either, through the VPC's own gateway, which costs nothing.
    """

    vpc_id: pulumi.Output[str]
    public: Sequence[Subnet]
    private: Sequence[Subnet]
    data: Sequence[Subnet]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Network", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(RANGE),
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=child_opts,
        )
        self.vpc_id = vpc.id
        # Whatever is started without a group of its own gets the default one, which therefore allows nothing.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, opts=child_opts)
        internet = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=child_opts)

        names = aws.get_availability_zones_output(
            state="available",
            # Local zones have neither every instance type nor every service.
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOutputOptions(parent=self),
        ).names
        ranges = list(RANGE.subnets(new_prefix=20))
        self.public = [
            self._subnet(f"{name}-public-{number}", vpc, names[number], ranges[number])
            for number in range(args.zones)
        ]
        self.private = [
            self._subnet(f"{name}-private-{number}", vpc, names[number], ranges[8 + number])
            for number in range(args.zones)
        ]
        self.data = [
            self._subnet(f"{name}-data-{number}", vpc, names[number], ranges[12 + number])
            for number in range(args.zones if args.data else 0)
        ]
        for number, subnet in enumerate(self.public):
            aws.ec2.Route(
                f"{name}-public-{number}",
                route_table_id=subnet.route_table_id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=internet.id,
                opts=child_opts,
            )
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region.apply(
                lambda region: f"com.amazonaws.{region}.s3"
            ),
            route_table_ids=[subnet.route_table_id for subnet in (*self.public, *self.private, *self.data)],
            tags={"Name": f"{name}-s3"},
            opts=child_opts,
        )
        self.register_outputs({"vpc_id": self.vpc_id})

    @property
    def public_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the subnets that the Internet reaches, one in each zone."""
        return [subnet.id for subnet in self.public]

    @property
    def data_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the subnets for data, one in each zone."""
        return [subnet.id for subnet in self.data]

    def _subnet(self, name: str, vpc: aws.ec2.Vpc, zone: pulumi.Input[str], addresses: IPv4Network) -> Subnet:
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            cidr_block=str(addresses),
            availability_zone=zone,
            tags={"Name": name},
            # A zone that AWS opens later must not push the subnets, and all that is in them, into others.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["availabilityZone"]),
        )
        table = aws.ec2.RouteTable(
            name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=self)
        )
        aws.ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=table.id, opts=pulumi.ResourceOptions(parent=self)
        )
        return Subnet(
            id=subnet.id, zone=subnet.availability_zone, addresses=addresses, route_table_id=table.id
        )
