"""Who can talk to whom in `monolith`: everything that must, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.infra.capture import Capture, Resource
from tests.infra.reachability import INTERNET, NotModelledError, Reachability
from tests.infra.stage import deploy_monolith

WEB = frozenset({80, 443})
MYSQL = frozenset({3306})
WITHOUT_NAT = {
    (INTERNET, "app"): WEB,
    ("app", INTERNET): WEB,
    ("app", "database"): MYSQL,
    ("database", INTERNET): WEB,
    # The public site is public from within, too.
    ("database", "app"): WEB,
}
WITH_NAT_MACHINE = WITHOUT_NAT | {
    ("database", "nat"): WEB,
    ("nat", INTERNET): WEB,
    ("nat", "app"): WEB,
}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INSTANCE = "aws:ec2/instance:Instance"


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with the settings that it comes with."""
    return deploy_monolith()


def test_everything_that_must_be_reachable_is_and_nothing_else(stage: Capture) -> None:
    assert Reachability(stage.resources).table() == WITH_NAT_MACHINE


def test_a_nat_gateway_lets_out_the_same() -> None:
    assert Reachability(deploy_monolith(nat="gateway").resources).table() == WITHOUT_NAT


def test_ssh_is_open_only_from_the_stated_range() -> None:
    stage = deploy_monolith(sshCidr="203.0.113.0/24", sshPublicKey="ssh-ed25519 AAAA somebody")
    (ssh,) = [rule.inputs for rule in stage.of(INGRESS) if rule.inputs["fromPort"] == 22]
    assert (ssh["cidrIpv4"], ssh["toPort"], ssh["securityGroupId"]) == ("203.0.113.0/24", 22, "app-id")


def test_no_group_has_rules_besides_the_edges(stage: Capture) -> None:
    edges = {resource.urn for resource in stage.of("bookstore:aws:Edge")}
    rules = [*stage.of(INGRESS), *stage.of(EGRESS)]
    assert rules
    assert {rule.parent for rule in rules} <= edges
    (default,) = stage.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert not default.inputs.keys() & {"ingress", "egress"}


def changed(type_: str, name: str, **inputs: Any) -> Callable[[Resource], Resource | None]:
    """Return a mistake: one resource with other inputs."""
    return lambda found: (
        replace(found, inputs=found.inputs | inputs) if (found.type, found.name) == (type_, name) else found
    )


def forgotten(type_: str, name: str) -> Callable[[Resource], Resource | None]:
    """Return a mistake: one resource left out."""
    return lambda found: None if (found.type, found.name) == (type_, name) else found


@pytest.mark.parametrize(
    ("mistake", "edge", "ports"),
    [
        (changed(INGRESS, "internet-to-app-80-in", toPort=443), (INTERNET, "app"), range(80, 444)),
        (changed(INGRESS, "internet-to-app-80-in", ipProtocol="-1"), (INTERNET, "app"), range(65536)),
        (changed(EGRESS, "database-to-internet-80-out", toPort=90), ("database", "app"), WEB),
        (forgotten(EGRESS, "app-to-database-3306-out"), ("app", "database"), ()),
        (forgotten(INGRESS, "app-to-database-3306-in"), ("app", "database"), ()),
        (changed(EGRESS, "app-to-database-3306-out", fromPort=3307, toPort=3307), ("app", "database"), ()),
        (changed(INSTANCE, "nat", sourceDestCheck=True), ("database", INTERNET), ()),
        (changed(INSTANCE, "nat", associatePublicIpAddress=False), ("database", INTERNET), ()),
        (forgotten("aws:ec2/route:Route", "nat-0"), ("database", INTERNET), ()),
        (forgotten("aws:ec2/route:Route", "bookstore-public-0"), (INTERNET, "app"), ()),
        (forgotten("aws:ec2/eipAssociation:EipAssociation", "app"), (INTERNET, "app"), ()),
    ],
)
def test_the_model_sees_a_mistake(
    stage: Capture,
    mistake: Callable[[Resource], Resource | None],
    edge: tuple[str, str],
    ports: range | frozenset[int],
) -> None:
    broken = [found for resource in stage.resources if (found := mistake(resource)) is not None]
    assert broken != stage.resources
    assert Reachability(broken).open_ports(*edge) == frozenset(ports)


def opened_to_the_world(stage: Capture) -> list[Resource]:
    """Return the stage with a rule that opens MySQL to every address."""
    rule = stage.one(INGRESS, "internet-to-app-80-in")
    inputs = rule.inputs | {"securityGroupId": "database-id", "fromPort": 3306, "toPort": 3306}
    return [*stage.resources, replace(rule, inputs=inputs)]


def test_a_private_subnet_protects_the_database_even_from_an_open_rule(stage: Capture) -> None:
    assert Reachability(opened_to_the_world(stage)).open_ports(INTERNET, "database") == frozenset()


def test_the_model_sees_a_database_moved_into_the_open(stage: Capture) -> None:
    moved = changed(INSTANCE, "database", subnetId="bookstore-public-0-id", associatePublicIpAddress=True)
    broken = [found for resource in opened_to_the_world(stage) if (found := moved(resource))]
    assert Reachability(broken).open_ports(INTERNET, "database") == MYSQL


@pytest.mark.parametrize(
    "type_",
    ["aws:ec2/securityGroupRule:SecurityGroupRule", "aws:ec2/networkAclRule:NetworkAclRule"],
)
def test_the_model_refuses_what_it_does_not_know(stage: Capture, type_: str) -> None:
    with pytest.raises(NotModelledError, match=type_):
        Reachability([*stage.resources, replace(stage.resources[0], type=type_)])


def test_the_model_refuses_rules_inside_a_group(stage: Capture) -> None:
    group = stage.one("aws:ec2/securityGroup:SecurityGroup", "app")
    inside = replace(group, inputs=group.inputs | {"ingress": [{"fromPort": 22}]})
    with pytest.raises(NotModelledError, match="app"):
        Reachability([*stage.resources, inside])
