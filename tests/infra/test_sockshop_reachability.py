"""Who can talk to whom in `sockshop` on AWS: everything that must, and nothing else, in every zone."""

import pytest

from tests.infra.capture import Capture
from tests.infra.reachability import INTERNET, LISTED, Reachability
from tests.infra.stage import deploy_cluster, deploy_sockshop, deploy_sockshop_beside

CLOUDFRONT = f"{LISTED}list-com.amazonaws.global.cloudfront.origin-facing"
NODES, OTHER_NODES = "sock-shop-cluster-nodes", "bookstore-cluster-nodes"
HTTP, HTTPS, SOCKS, MYSQL, NFS = (frozenset({port}) for port in (80, 443, 30001, 3306, 2049))
ALWAYS = {
    (CLOUDFRONT, "socks"): HTTP,
    ("socks", NODES): SOCKS,
    (NODES, INTERNET): HTTP | HTTPS,
}
CATALOGUE, STORES = {(NODES, "catalogue"): MYSQL}, {(NODES, "stores"): NFS}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with RDS and EFS."""
    return deploy_sockshop(catalogueDatabase="rds", storage="efs")


def test_with_both_the_nodes_alone_reach_rds_and_efs(stage: Capture) -> None:
    assert Reachability(stage.resources).alike() == ALWAYS | CATALOGUE | STORES


@pytest.mark.parametrize(
    ("written", "more"),
    [
        ({}, {}),
        ({"catalogueDatabase": "rds"}, CATALOGUE),
        ({"storage": "efs"}, STORES),
    ],
)
def test_each_alone_adds_its_own_edge(
    written: dict[str, str], more: dict[tuple[str, str], frozenset[int]]
) -> None:
    assert Reachability(deploy_sockshop(**written).resources).alike() == ALWAYS | more


def test_with_a_domain_everybody_comes_in() -> None:
    stage = deploy_sockshop(hostedZone="example.com", domainName="socks.example.com")
    # A public site is public from within, too.
    everybody = {(INTERNET, "socks"): HTTP | HTTPS, (NODES, "socks"): HTTP | HTTPS}
    closed = {pair: ports for pair, ports in ALWAYS.items() if pair != (CLOUDFRONT, "socks")}
    assert Reachability(stage.resources).alike() == closed | everybody


def test_beside_another_stacks_shop_each_has_its_own_way_in_and_stores() -> None:
    theirs = deploy_cluster(nodeInstanceType="t3.large")
    ours = deploy_sockshop_beside(
        {"organization/bookstore/cluster": theirs.exports},
        cluster="stack",
        catalogueDatabase="rds",
        storage="efs",
    )
    alone = Reachability(theirs.resources).alike()
    both = Reachability([*theirs.resources, *ours.resources]).alike()
    added = {pair: ports for pair, ports in both.items() if alone.get(pair) != ports}
    assert added == {
        (CLOUDFRONT, "socks"): HTTP,
        ("socks", OTHER_NODES): SOCKS,
        (OTHER_NODES, "catalogue"): MYSQL,
        (OTHER_NODES, "stores"): NFS,
    }


def test_no_group_has_rules_besides_the_edges(stage: Capture) -> None:
    edges = {resource.urn for resource in stage.of("bookstore:aws:Edge")}
    assert {rule.parent for rule in (*stage.of(INGRESS), *stage.of(EGRESS))} <= edges


@pytest.mark.parametrize(
    ("forgotten", "pair"),
    [
        ("socks-to-sock-shop-cluster-30001-in", ("socks@0", f"{NODES}@1")),
        ("sock-shop-cluster-to-catalogue-3306-out", (f"{NODES}@0", "catalogue@1")),
        ("sock-shop-cluster-to-stores-2049-in", (f"{NODES}@1", "stores@1")),
    ],
)
def test_the_model_sees_a_forgotten_rule(stage: Capture, forgotten: str, pair: tuple[str, str]) -> None:
    broken = [found for found in stage.resources if found.name != forgotten]
    assert len(broken) == len(stage.resources) - 1
    assert Reachability(broken).open_ports(*pair) == frozenset()
