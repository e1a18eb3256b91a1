"""Who can open a TCP connection to whom: a model of AWS's network, made from the resources of a stage.

It knows subnets, routes, Internet and NAT gateways, NAT instances, public addresses and security groups, and
what stands in several zones at once: load balancers, groups of servers, databases, file systems. It refuses a
stage with something that it does not know and that could change the answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

from tests.infra.capture import Resource

INTERNET = "the Internet"
LISTED = "the list "  # and its id: addresses of the Internet that somebody keeps a list of
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
class Ec2Instance:
    """An instance in a subnet; one of several equal ones has the name `name@zone`."""

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

    def covers(self, other: Ec2Instance | str) -> bool:
        """Tell whether the peer is this instance, or any address of the Internet or of a list."""
        if isinstance(self.peer, str):
            return self.peer in other.groups if isinstance(other, Ec2Instance) else self.peer == other
        if isinstance(other, str):
            return not self.peer.is_private or self.peer == ANYWHERE
        return ip_address(other.address) in self.peer


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
        self.instances = {
            instance.name: Ec2Instance(
                name=instance.name,
                subnet=instance.inputs["subnetId"],
                address=instance.inputs.get("privateIp")
                or str(ranges[instance.inputs["subnetId"]][100 + number]),
                groups=frozenset(instance.inputs["vpcSecurityGroupIds"]),
                public=instance.id in addressed or instance.inputs.get("associatePublicIpAddress") is True,
                forwards=instance.inputs.get("sourceDestCheck") is False,
                interface=f"{instance.name}-interface",
            )
            for number, instance in enumerate(self._of("aws:ec2/instance:Instance"))
        }
        for name, subnets, groups, public in self._alike():
            for number, subnet in enumerate(subnets):
                self.instances[f"{name}@{number}"] = Ec2Instance(
                    name=f"{name}@{number}",
                    subnet=subnet,
                    address=str(ranges[subnet][200 + len(self.instances)]),
                    groups=frozenset(groups),
                    public=public,
                    forwards=False,
                    interface="",
                )
        self._in = self._rules("Ingress")
        self._out = self._rules("Egress")
        for group in self._of("aws:ec2/securityGroup:SecurityGroup"):
            if group.inputs.get("ingress") or group.inputs.get("egress"):
                raise NotModelledError(f"rules inside the group {group.name}")

    def open_ports(self, source: str, target: str) -> frozenset[int]:
        """Return the ports of the target to which the source can open a connection; names, or `INTERNET`."""
        if source not in self.instances and target not in self.instances:
            raise ValueError("neither is a part of the stage")
        if source not in self.instances:
            return self._from_outside(source, target)
        if target not in self.instances:
            return self._to_outside(source)
        sender, receiver = self.instances[source], self.instances[target]
        return self._allowed(self._out, sender, receiver) & self._allowed(self._in, receiver, sender)

    def table(self) -> dict[tuple[str, str], frozenset[int]]:
        """Return all the open ports between any two ends, where there are some."""
        lists = sorted({rule.peer for rule in self._in if str(rule.peer).startswith(LISTED)}, key=str)
        ends = [INTERNET, *self.instances]
        pairs = [(source, target) for source in ends for target in ends if source != target]
        pairs += [(str(source), target) for source in lists for target in self.instances]
        return {pair: ports for pair in pairs if (ports := self.open_ports(*pair))}

    def alike(self) -> dict[tuple[str, str], frozenset[int]]:
        """Return the table with those that are alike as one. Raises ValueError where they differ."""
        table, sizes = self.table(), Counter(name.partition("@")[0] for name in self.instances)
        together: dict[tuple[str, str], list[frozenset[int]]] = {}
        for (source, target), ports in table.items():
            pair = (source.partition("@")[0], target.partition("@")[0])
            together.setdefault(pair, []).append(ports)
        for (source, target), found in together.items():
            pairs = sizes.get(source, 1) * (sizes.get(target, 1) - (source == target))
            if len(set(found)) > 1 or len(found) != pairs:
                raise ValueError(f"{source} reaches {target} in some zones alone")
        return {pair: found[0] for pair, found in together.items()}

    def _alike(self) -> Iterator[tuple[str, list[str], list[str], bool]]:
        """Yield what stands in several subnets: its name, the subnets, its groups, whether it is public."""
        templates = {found.id: found.inputs for found in self._of("aws:ec2/launchTemplate:LaunchTemplate")}
        pools = {
            f"{found.name}-1234567": found.inputs["subnetIds"]
            for found in self._of("aws:rds/subnetGroup:SubnetGroup")
        }
        for found in self._of("aws:lb/loadBalancer:LoadBalancer"):
            internal = found.inputs.get("internal") is True
            yield found.name, found.inputs["subnets"], found.inputs["securityGroups"], not internal
        for found in self._of("aws:autoscaling/group:Group"):
            template = templates[found.inputs["launchTemplate"]["id"]]
            yield found.name, found.inputs["vpcZoneIdentifiers"], template["vpcSecurityGroupIds"], False
        for found in self._of("eks:index:ManagedNodeGroup"):
            # The group that EKS makes; it also lets nodes and control plane talk to one another.
            yield found.name, found.inputs["subnetIds"], [f"{found.name}-id"], False
        for found in self._of("aws:rds/instance:Instance"):
            public = found.inputs.get("publiclyAccessible") is True
            subnets = pools[found.inputs["dbSubnetGroupName"]]
            yield found.name, subnets, found.inputs["vpcSecurityGroupIds"], public
        for found in self._of("aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration"):
            yield found.name, [found.inputs["subnetId"]], found.inputs["securityGroupIds"], False
        targets = self._inputs("aws:efs/mountTarget:MountTarget")
        for found in self._of("aws:efs/fileSystem:FileSystem"):
            own = [target for target in targets if target["fileSystemId"] == found.id]
            subnets = [target["subnetId"] for target in own]
            groups = [group for target in own for group in target["securityGroups"]]
            yield found.name, subnets, groups, False

    def _from_outside(self, source: str, target: str) -> frozenset[int]:
        instance = self.instances[target]
        if not instance.public or self._way_out(instance.subnet).get("gatewayId") is None:
            return frozenset()
        return self._allowed(self._in, instance, source)

    def _to_outside(self, source: str) -> frozenset[int]:
        instance = self.instances[source]
        wanted = self._allowed(self._out, instance, INTERNET)
        way = self._way_out(instance.subnet)
        if way.get("gatewayId") is not None:
            return wanted if instance.public else frozenset()
        if (gateway_id := way.get("natGatewayId")) is not None:
            (gateway,) = [
                found.inputs for found in self._of("aws:ec2/natGateway:NatGateway") if found.id == gateway_id
            ]
            outside = self._way_out(gateway["subnetId"]).get("gatewayId") is not None
            return wanted if outside and gateway.get("allocationId") else frozenset()
        for nat in self.instances.values():
            if nat.interface == way.get("networkInterfaceId") and nat.forwards:
                return wanted & self._allowed(self._in, nat, instance) & self._to_outside(nat.name)
        return frozenset()

    def _way_out(self, subnet: str) -> dict[str, Any]:
        """Return the default route of a subnet; none when it has none."""
        tables = [
            found["routeTableId"]
            for found in self._inputs("aws:ec2/routeTableAssociation:RouteTableAssociation")
            if found["subnetId"] == subnet
        ]
        for route in self._inputs("aws:ec2/route:Route"):
            if route["routeTableId"] in tables and route["destinationCidrBlock"] == str(ANYWHERE):
                return route
        return {}

    def _allowed(self, rules: list[Rule], instance: Ec2Instance, peer: Ec2Instance | str) -> frozenset[int]:
        """Return the ports on which an instance's own groups let the peer pass."""
        return frozenset().union(
            *(rule.ports for rule in rules if rule.group in instance.groups and rule.covers(peer))
        )

    def _rules(self, direction: str) -> list[Rule]:
        kind = f"SecurityGroup{direction}Rule"
        return [
            Rule(
                group=rule["securityGroupId"],
                peer=_peer(rule),
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


def _peer(rule: dict[str, Any]) -> IPv4Network | str:
    if "referencedSecurityGroupId" in rule:
        group: str = rule["referencedSecurityGroupId"]
        return group
    if "prefixListId" in rule:
        return f"{LISTED}{rule['prefixListId']}"
    return IPv4Network(ip_network(rule["cidrIpv4"]))
