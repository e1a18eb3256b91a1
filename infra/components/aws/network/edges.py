"""The edges of a stage's diagram: who may open a connection to whom, and on which port."""

from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

SSH = 22
HTTP = 80
HTTPS = 443
NFS = 2049
MYSQL = 3306
BOOKSTORE = 8000  # where the shop's container listens


class Node(Protocol):
    """A block that can stand at either end of an edge; its group has no rules but those of its edges."""

    @property
    def pulumi_resource_name(self) -> str:
        """Return the block's name, of which the edge's name is made."""

    @property
    def security_group_id(self) -> pulumi.Output[str]:
        """Return the group that holds the block's rules."""


@dataclass(frozen=True)
class CidrBlock:
    """A range of addresses outside the network.

    Args:
        name: what the diagram calls it.
        addresses: in CIDR notation.
    """

    name: str
    addresses: str


@dataclass(frozen=True)
class PrefixList:
    """Ranges of addresses outside the network that somebody else keeps a list of.

    Args:
        name: what the diagram calls them.
        prefix_list_id: of the list.
    """

    name: str
    prefix_list_id: pulumi.Input[str]


INTERNET = CidrBlock("internet", "0.0.0.0/0")
End = Node | CidrBlock | PrefixList


class Edge(pulumi.ComponentResource):
    """One edge: the rule that lets the source out and the rule that lets it in at the target."""

    def __init__(
        self,
        source: End,
        target: End,
        port: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        ends = f"{_name(source)}-to-{_name(target)}"
        super().__init__("bookstore:aws:Edge", f"{ends}-{port}", None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        if not isinstance(source, CidrBlock | PrefixList):
            aws.vpc.SecurityGroupEgressRule(
                f"{ends}-{port}-out",
                security_group_id=source.security_group_id,
                referenced_security_group_id=_group(target),
                cidr_ipv4=_addresses(target),
                prefix_list_id=_list(target),
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"to {_name(target)}",
                opts=child_opts,
            )
        if not isinstance(target, CidrBlock | PrefixList):
            aws.vpc.SecurityGroupIngressRule(
                f"{ends}-{port}-in",
                security_group_id=target.security_group_id,
                referenced_security_group_id=_group(source),
                cidr_ipv4=_addresses(source),
                prefix_list_id=_list(source),
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"from {_name(source)}",
                opts=child_opts,
            )
        self.register_outputs({})


def allow(source: End, target: End, port: int) -> Edge:
    """Let the source open TCP connections to the target's port, by the matching rules on both ends."""
    owner = source if isinstance(target, CidrBlock | PrefixList) else target
    if not isinstance(owner, pulumi.Resource):
        raise TypeError("one end of an edge must be a block of the stage")
    return Edge(source, target, port, pulumi.ResourceOptions(parent=owner))


def _name(end: End) -> str:
    return end.name if isinstance(end, CidrBlock | PrefixList) else end.pulumi_resource_name


def _group(end: End) -> pulumi.Output[str] | None:
    return None if isinstance(end, CidrBlock | PrefixList) else end.security_group_id


def _addresses(end: End) -> str | None:
    return end.addresses if isinstance(end, CidrBlock) else None


def _list(end: End) -> pulumi.Input[str] | None:
    return end.prefix_list_id if isinstance(end, PrefixList) else None
