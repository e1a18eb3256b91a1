"""Policies on the network: what the Internet reaches."""

import ipaddress
from collections.abc import Iterator

from pulumi_policy import EnforcementLevel

from infra.policies.rule import Properties, rule, true

WEB = (80, 443)
MIN_PREFIX_LENGTH = 8  # a wider range counts as the Internet, even if it is only a part of it


@rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
def no_open_port(props: Properties) -> Iterator[str]:
    """The Internet reaches ports 80 and 443 only."""
    yield from _open(props, [props.get("cidrIpv4"), props.get("cidrIpv6")], props.get("ipProtocol"))


@rule("aws:ec2/securityGroup:SecurityGroup")
def no_open_port_in_group(props: Properties) -> Iterator[str]:
    """Rules inside a security group open ports 80 and 443 only to the Internet."""
    for entry in props.get("ingress") or []:
        ranges = [*(entry.get("cidrBlocks") or []), *(entry.get("ipv6CidrBlocks") or [])]
        yield from _open(entry, ranges, entry.get("protocol"))


@rule("aws:ec2/securityGroupRule:SecurityGroupRule")
def no_open_port_in_rule(props: Properties) -> Iterator[str]:
    """A security group rule of the older type opens ports 80 and 443 only to the Internet."""
    if props.get("type") == "ingress":
        ranges = [*(props.get("cidrBlocks") or []), *(props.get("ipv6CidrBlocks") or [])]
        yield from _open(props, ranges, props.get("protocol"))


@rule("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance")
def no_public_database(props: Properties) -> Iterator[str]:
    """A database has no public address."""
    if true(props.get("publiclyAccessible")):
        yield "the database has a public address; set publicly_accessible=False."


# Advisory: the API requires AWS credentials anyway, and only the user knows the right addresses.
@rule("aws:eks/cluster:Cluster", level=EnforcementLevel.ADVISORY)
def no_open_cluster(props: Properties) -> Iterator[str]:
    """The API of a cluster is not open to the whole Internet."""
    access = props.get("vpcConfig") or {}
    public = access.get("endpointPublicAccess")
    ranges = access.get("publicAccessCidrs") or ["0.0.0.0/0"]
    if public is not False and any(_is_internet(found) for found in ranges):
        yield "the Internet reaches the cluster's API; name your addresses in public_access_cidrs."


def _open(ports: Properties, ranges: list[str | None], protocol: str | None) -> Iterator[str]:
    if protocol in ("icmp", "icmpv6") or not any(_is_internet(found) for found in ranges):
        return
    first, last = ports.get("fromPort"), ports.get("toPort")
    if protocol in ("-1", "all") or first != last or first not in WEB:
        opened = "every port" if first is None or protocol in ("-1", "all") else f"port {first:g}-{last:g}"
        yield f"the Internet reaches {opened}; allow a security group or your own addresses instead."


def _is_internet(addresses: str | None) -> bool:
    return (
        bool(addresses) and ipaddress.ip_network(str(addresses), strict=False).prefixlen < MIN_PREFIX_LENGTH
    )
