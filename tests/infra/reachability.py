"""Who can open a TCP connection to whom: a model of AWS's network, made from the resources of a stage.

It knows subnets, routes, Internet and NAT gateways, NAT machines, public addresses and security groups. It
refuses a stage with something that it does not know and that could change the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

from tests.infra.capture import Resource

INTERNET = "the Internet"
ANYWHERE = IPv4Network("0.0.0.0/0")
ALL_PORTS = frozenset(range(65536))
UNKNOWN = {
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
}


class NotModelledError(Exception):
    """The stage has something that this model would answer wrongly about."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine where it stands."""

    name: str
    subnet: str
    address: str
    groups: frozenset[str]
    public: bool
    forwards: bool
    interface: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a security group; the peer is a range of addresses or another group."""

    group: str
    peer: IPv4Network | str
    ports: frozenset[int]

    def covers(self, machine: Machine | None) -> bool:
        """Tell whether the peer is this machine, or, for None, any address of the Internet."""
        if isinstance(self.peer, str):
            return machine is not None and self.peer in machine.groups
        if machine is None:
            return not self.peer.is_private or self.peer == ANYWHERE
        return ip_address(machine.address) in self.peer


class Reachability:
    """The network of a stage."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._resources = list(resources)
        if unknown := {resource.type for resource in self._resources} & UNKNOWN:
            raise NotModelledError(", ".join(sorted(unknown)))
        addressed = {found["instanceId"] for found in self._inputs("aws:ec2/eipAssociation:EipAssociation")}
        ranges = {
            subnet.id: IPv4Network(subnet.inputs["cidrBlock"]) for subnet in self._of("aws:ec2/subnet:Subnet")
        }
        self.machines = {
            machine.name: Machine(
                name=machine.name,
                subnet=machine.inputs["subnetId"],
                address=machine.inputs.get("privateIp")
                or str(ranges[machine.inputs["subnetId"]][100 + number]),
                groups=frozenset(machine.inputs["vpcSecurityGroupIds"]),
                public=machine.id in addressed or machine.inputs.get("associatePublicIpAddress") is True,
                forwards=machine.inputs.get("sourceDestCheck") is False,
                interface=f"{machine.name}-interface",
            )
            for number, machine in enumerate(self._of("aws:ec2/instance:Instance"))
        }
        self._in = self._rules("Ingress")
        self._out = self._rules("Egress")
        for group in self._of("aws:ec2/securityGroup:SecurityGroup"):
            if group.inputs.get("ingress") or group.inputs.get("egress"):
                raise NotModelledError(f"rules inside the group {group.name}")

    def open_ports(self, source: str, target: str) -> frozenset[int]:
        """Give the ports of the target to which the source can open a connection; names, or `INTERNET`."""
        if INTERNET in (source, target):
            if source == target:
                raise ValueError("the Internet is no part of the stage")
            return self._from_outside(target) if source == INTERNET else self._to_outside(source)
        sender, receiver = self.machines[source], self.machines[target]
        return self._allowed(self._out, sender, receiver) & self._allowed(self._in, receiver, sender)

    def table(self) -> dict[tuple[str, str], frozenset[int]]:
        """Give all the open ports between any two ends, where there are some."""
        ends = [INTERNET, *self.machines]
        pairs = [(source, target) for source in ends for target in ends if source != target]
        return {pair: ports for pair in pairs if (ports := self.open_ports(*pair))}

    def _from_outside(self, target: str) -> frozenset[int]:
        machine = self.machines[target]
        if not machine.public or self._way_out(machine.subnet).get("gatewayId") is None:
            return frozenset()
        return self._allowed(self._in, machine, None)

    def _to_outside(self, source: str) -> frozenset[int]:
        machine = self.machines[source]
        wanted = self._allowed(self._out, machine, None)
        way = self._way_out(machine.subnet)
        if way.get("gatewayId") is not None:
            return wanted if machine.public else frozenset()
        if (gateway_id := way.get("natGatewayId")) is not None:
            (gateway,) = [
                found.inputs for found in self._of("aws:ec2/natGateway:NatGateway") if found.id == gateway_id
            ]
            outside = self._way_out(gateway["subnetId"]).get("gatewayId") is not None
            return wanted if outside and gateway.get("allocationId") else frozenset()
        for nat in self.machines.values():
            if nat.interface == way.get("networkInterfaceId") and nat.forwards:
                return wanted & self._allowed(self._in, nat, machine) & self._to_outside(nat.name)
        return frozenset()

    def _way_out(self, subnet: str) -> dict[str, Any]:
        """Give the default route of a subnet; none when it has none."""
        tables = [
            found["routeTableId"]
            for found in self._inputs("aws:ec2/routeTableAssociation:RouteTableAssociation")
            if found["subnetId"] == subnet
        ]
        for route in self._inputs("aws:ec2/route:Route"):
            if route["routeTableId"] in tables and route["destinationCidrBlock"] == str(ANYWHERE):
                return route
        return {}

    def _allowed(self, rules: list[Rule], machine: Machine, peer: Machine | None) -> frozenset[int]:
        """Give the ports on which a machine's own groups let the peer pass."""
        return frozenset().union(
            *(rule.ports for rule in rules if rule.group in machine.groups and rule.covers(peer))
        )

    def _rules(self, direction: str) -> list[Rule]:
        kind = f"SecurityGroup{direction}Rule"
        return [
            Rule(
                group=rule["securityGroupId"],
                peer=rule["referencedSecurityGroupId"]
                if "referencedSecurityGroupId" in rule
                else IPv4Network(ip_network(rule["cidrIpv4"])),
                ports=ALL_PORTS
                if rule["ipProtocol"] == "-1"
                else frozenset(range(rule["fromPort"], rule["toPort"] + 1)),
            )
            for rule in self._inputs(f"aws:vpc/{kind[0].lower()}{kind[1:]}:{kind}")
            if rule["ipProtocol"] in ("tcp", "-1")
        ]

    def _of(self, type_: str) -> list[Resource]:
        return [resource for resource in self._resources if resource.type == type_]

    def _inputs(self, type_: str) -> list[dict[str, Any]]:
        return [resource.inputs for resource in self._of(type_)]
