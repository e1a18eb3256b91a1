"""A VPC with public, private and isolated subnets."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Protocol

import pulumi
import pulumi_aws as aws

# EKS accepts no subnets there, and new instance types are missing. Which letter they have differs by account.
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
OLD_ZONE_IDS = ("use1-az3", "usw1-az2", "cac1-az3")
VPC_CIDR = IPv4Network("10.20.0.0/16")


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Arguments for `Network`.

    Args:
        availability_zones: how many it spans, 1-4; each gets a public and a private subnet.
        isolated_subnets: whether each zone also gets an isolated subnet, without a route to the Internet.
    """

    availability_zones: int
    isolated_subnets: bool = False


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """One of the network's subnets.

    Args:
        cidr_block: its range; AWS reserves the first four addresses and the last.
    """

    id: pulumi.Output[str]
    availability_zone: pulumi.Output[str]
    cidr_block: IPv4Network
    route_table_id: pulumi.Output[str]


class NetworkRef(Protocol):
    """A network of this stack, or of another stack."""

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        """Return the id of the VPC."""

    @property
    def public_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the ids of the public subnets, one per zone."""

    @property
    def isolated_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the ids of the isolated subnets, one per zone."""


class Network(pulumi.ComponentResource):
    """A VPC. Public subnets reach the Internet, private ones through a NAT, isolated ones never.

    All of them reach S3 through a gateway endpoint, which is free.
    """

    vpc_id: pulumi.Output[str]
    public_subnets: Sequence[Subnet]
    private_subnets: Sequence[Subnet]
    isolated_subnets: Sequence[Subnet]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Network", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(VPC_CIDR),
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=child_opts,
        )
        self.vpc_id = vpc.id
        # AWS gives the default group to whatever names no other, so it must allow nothing.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, opts=child_opts)
        internet = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=child_opts)

        names = aws.get_availability_zones_output(
            state="available",
            # Leave out local zones, which lack some instance types and services.
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            exclude_zone_ids=list(OLD_ZONE_IDS),
            opts=pulumi.InvokeOutputOptions(parent=self),
        ).names
        ranges = list(VPC_CIDR.subnets(new_prefix=20))
        self.public_subnets = [
            # Load balancers, NATs and addresses need the attached gateway, and must go before it.
            self._subnet(f"{name}-public-{number}", vpc, names[number], ranges[number], after=[internet])
            for number in range(args.availability_zones)
        ]
        self.private_subnets = [
            self._subnet(f"{name}-private-{number}", vpc, names[number], ranges[8 + number])
            for number in range(args.availability_zones)
        ]
        self.isolated_subnets = [
            self._subnet(f"{name}-isolated-{number}", vpc, names[number], ranges[12 + number])
            for number in range(args.availability_zones if args.isolated_subnets else 0)
        ]
        for number, subnet in enumerate(self.public_subnets):
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
            route_table_ids=[
                subnet.route_table_id
                for subnet in (*self.public_subnets, *self.private_subnets, *self.isolated_subnets)
            ],
            tags={"Name": f"{name}-s3"},
            opts=child_opts,
        )
        self.register_outputs({"vpc_id": self.vpc_id})

    @property
    def public_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the ids of the public subnets, one per zone."""
        return [subnet.id for subnet in self.public_subnets]

    @property
    def isolated_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        """Return the ids of the isolated subnets, one per zone."""
        return [subnet.id for subnet in self.isolated_subnets]

    def _subnet(
        self,
        name: str,
        vpc: aws.ec2.Vpc,
        zone: pulumi.Input[str],
        cidr_block: IPv4Network,
        after: Sequence[pulumi.Resource] = (),
    ) -> Subnet:
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            cidr_block=str(cidr_block),
            availability_zone=zone,
            tags={"Name": name},
            # A zone that AWS opens later must not move the subnets, and all that is in them, to other zones.
            opts=pulumi.ResourceOptions(parent=self, depends_on=after, ignore_changes=["availabilityZone"]),
        )
        table = aws.ec2.RouteTable(
            name, vpc_id=vpc.id, tags={"Name": name}, opts=pulumi.ResourceOptions(parent=self)
        )
        aws.ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=table.id, opts=pulumi.ResourceOptions(parent=self)
        )
        return Subnet(
            id=subnet.id,
            availability_zone=subnet.availability_zone,
            cidr_block=cidr_block,
            route_table_id=table.id,
        )
