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


class Endpoint(Protocol):
    """A component with a security group, whose only rules are those of its edges."""

    @property
    def pulumi_resource_name(self) -> str:
        """Return the component's name, which becomes part of the edge's name."""

    @property
    def security_group_id(self) -> pulumi.Output[str]:
        """Return the security group that holds the component's rules."""


@dataclass(frozen=True)
class CidrBlock:
    """A range of addresses outside the network.

    Args:
        name: its name in the diagram.
        cidr_block: the range in CIDR notation.
    """

    name: str
    cidr_block: str


@dataclass(frozen=True)
class PrefixList:
    """Ranges of addresses outside the network, listed in a managed prefix list.

    Args:
        name: its name in the diagram.
        prefix_list_id: the list's id.
    """

    name: str
    prefix_list_id: pulumi.Input[str]


INTERNET = CidrBlock("internet", "0.0.0.0/0")
Peer = Endpoint | CidrBlock | PrefixList


class Edge(pulumi.ComponentResource):
    """One edge: an egress rule at the source and an ingress rule at the target."""

    def __init__(
        self, source: Peer, target: Peer, port: int, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        name = f"{_name(source)}-to-{_name(target)}-{port}"
        super().__init__("bookstore:aws:Edge", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        if not isinstance(source, CidrBlock | PrefixList):
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-out",
                security_group_id=source.security_group_id,
                referenced_security_group_id=_security_group_id(target),
                cidr_ipv4=_cidr_block(target),
                prefix_list_id=_prefix_list_id(target),
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"to {_name(target)}",
                opts=child_opts,
            )
        if not isinstance(target, CidrBlock | PrefixList):
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-in",
                security_group_id=target.security_group_id,
                referenced_security_group_id=_security_group_id(source),
                cidr_ipv4=_cidr_block(source),
                prefix_list_id=_prefix_list_id(source),
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"from {_name(source)}",
                opts=child_opts,
            )
        self.register_outputs({})


def allow(source: Peer, target: Peer, port: int) -> Edge:
    """Let the source open TCP connections to a port of the target."""
    owner = source if isinstance(target, CidrBlock | PrefixList) else target
    if not isinstance(owner, pulumi.Resource):
        raise TypeError("one end of an edge must be a component of the stage")
    return Edge(source, target, port, pulumi.ResourceOptions(parent=owner))


def _name(peer: Peer) -> str:
    return peer.name if isinstance(peer, CidrBlock | PrefixList) else peer.pulumi_resource_name


def _security_group_id(peer: Peer) -> pulumi.Output[str] | None:
    return None if isinstance(peer, CidrBlock | PrefixList) else peer.security_group_id


def _cidr_block(peer: Peer) -> str | None:
    return peer.cidr_block if isinstance(peer, CidrBlock) else None


def _prefix_list_id(peer: Peer) -> pulumi.Input[str] | None:
    return peer.prefix_list_id if isinstance(peer, PrefixList) else None
