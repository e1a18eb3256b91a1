"""Who can talk to whom in `scaled`: everything that must, and nothing else, in every zone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.infra.capture import Capture, Resource
from tests.infra.reachability import INTERNET, LISTED, Reachability
from tests.infra.stage import deploy_scaled

CLOUDFRONT = f"{LISTED}list-com.amazonaws.global.cloudfront.origin-facing"
HTTP, HTTPS, SHOP, MYSQL, NFS = (frozenset({port}) for port in (80, 443, 8000, 3306, 2049))
INSIDE = {
    ("shop", "server"): SHOP,
    ("server", "database"): MYSQL,
    ("server", "files"): NFS,
    ("server", INTERNET): HTTPS,
    ("server-image", INTERNET): HTTPS,
}
DOMAIN = {"hostedZone": "example.com", "domainName": "shop.example.com"}
# A public site is public from within, too.
OPEN = {
    (INTERNET, "shop"): HTTP | HTTPS,
    ("server", "shop"): HTTPS,
    ("server-image", "shop"): HTTPS,
}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage without a domain."""
    return deploy_scaled()


def test_without_a_domain_cloudfront_alone_comes_in(stage: Capture) -> None:
    assert Reachability(stage.resources).alike() == INSIDE | {(CLOUDFRONT, "shop"): HTTP}


def test_with_a_domain_everybody_comes_in() -> None:
    assert Reachability(deploy_scaled(**DOMAIN).resources).alike() == INSIDE | OPEN


def test_a_gateway_in_each_zone_lets_out_the_same() -> None:
    stage = deploy_scaled(nat="gateway-per-zone", availabilityZones="2")
    assert Reachability(stage.resources).alike() == INSIDE | {(CLOUDFRONT, "shop"): HTTP}


def test_a_nat_machine_lets_out_the_same() -> None:
    passed_on = {(name, "nat"): HTTPS for name in ("server", "server-image")}
    outside = {("nat", INTERNET): HTTP | HTTPS}
    expected = INSIDE | passed_on | outside | {(CLOUDFRONT, "shop"): HTTP}
    assert Reachability(deploy_scaled(nat="instance").resources).alike() == expected


def test_no_group_has_rules_besides_the_edges(stage: Capture) -> None:
    edges = {resource.urn for resource in stage.of("bookstore:aws:Edge")}
    assert {rule.parent for rule in (*stage.of(INGRESS), *stage.of(EGRESS))} <= edges


def changed(type_: str, name: str, **inputs: Any) -> Callable[[Resource], Resource | None]:
    """Return a mistake: one resource with other inputs."""
    return lambda found: (
        replace(found, inputs=found.inputs | inputs) if (found.type, found.name) == (type_, name) else found
    )


def forgotten(type_: str, name: str) -> Callable[[Resource], Resource | None]:
    """Return a mistake: one resource left out."""
    return lambda found: None if (found.type, found.name) == (type_, name) else found


RDS, ROUTE = "aws:rds/instance:Instance", "aws:ec2/route:Route"


@pytest.mark.parametrize(
    ("mistake", "edge", "ports"),
    [
        (forgotten(INGRESS, "shop-to-server-8000-in"), ("shop@0", "server@1"), frozenset()),
        (forgotten(EGRESS, "shop-to-server-8000-out"), ("shop@0", "server@1"), frozenset()),
        (forgotten(EGRESS, "server-to-database-3306-out"), ("server@0", "database@0"), frozenset()),
        (forgotten(INGRESS, "server-to-files-2049-in"), ("server@2", "files@2"), frozenset()),
        (forgotten(ROUTE, "nat-1"), ("server@1", INTERNET), frozenset()),
        (forgotten(ROUTE, "bookstore-public-0"), (CLOUDFRONT, "shop@0"), frozenset()),
        (
            changed("aws:lb/loadBalancer:LoadBalancer", "shop", internal=True),
            (CLOUDFRONT, "shop@0"),
            frozenset(),
        ),
        (
            changed(INGRESS, "cloudfront-to-shop-80-in", prefixListId="list-of-others"),
            (CLOUDFRONT, "shop@0"),
            frozenset(),
        ),
        (changed(INGRESS, "server-to-database-3306-in", toPort=3307), ("server@0", "database@0"), MYSQL),
    ],
)
def test_the_model_sees_a_mistake(
    stage: Capture,
    mistake: Callable[[Resource], Resource | None],
    edge: tuple[str, str],
    ports: frozenset[int],
) -> None:
    broken = [found for resource in stage.resources if (found := mistake(resource)) is not None]
    assert broken != stage.resources
    assert Reachability(broken).open_ports(*edge) == ports


def test_a_way_that_only_some_zones_have_is_a_mistake(stage: Capture) -> None:
    broken = [found for found in stage.resources if (found.type, found.name) != (ROUTE, "nat-1")]
    with pytest.raises(ValueError, match="server reaches the Internet in some zones alone"):
        Reachability(broken).alike()


def test_the_model_sees_a_database_in_the_open(stage: Capture) -> None:
    rule = stage.one(INGRESS, "server-to-database-3306-in")
    inputs = {key: value for key, value in rule.inputs.items() if key != "referencedSecurityGroupId"}
    opened = [*stage.resources, replace(rule, inputs=inputs | {"cidrIpv4": "0.0.0.0/0"})]
    assert Reachability(opened).open_ports(INTERNET, "database@0") == frozenset(), "its subnet leads nowhere"
    moved = [
        replace(found, inputs=found.inputs | {"subnetIds": ["bookstore-public-0-id"]})
        if found.type == "aws:rds/subnetGroup:SubnetGroup"
        else changed(RDS, "database", publiclyAccessible=True)(found)
        for found in opened
    ]
    assert Reachability(found for found in moved if found).open_ports(INTERNET, "database@0") == MYSQL
