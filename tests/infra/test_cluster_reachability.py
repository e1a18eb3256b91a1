"""Who can talk to whom in `cluster`: everything that must, and nothing else, in every zone."""

from dataclasses import replace

import pytest

from tests.infra.capture import Capture
from tests.infra.reachability import INTERNET, LISTED, Reachability
from tests.infra.stage import deploy_cluster

CLOUDFRONT = f"{LISTED}list-com.amazonaws.global.cloudfront.origin-facing"
HTTP, HTTPS, NODE_PORT, MYSQL, NFS = (frozenset({port}) for port in (80, 443, 30694, 3306, 2049))
NODES = "bookstore-cluster-nodes"
INSIDE = {
    ("shop", NODES): NODE_PORT,
    (NODES, "files"): NFS,
    (NODES, INTERNET): HTTP | HTTPS,
}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def stage() -> Capture:
    """The stage with the settings that it comes with."""
    return deploy_cluster()


def test_cloudfront_alone_comes_in_and_the_balancer_alone_reaches_the_node_port(stage: Capture) -> None:
    assert Reachability(stage.resources).alike() == INSIDE | {(CLOUDFRONT, "shop"): HTTP}


def test_with_a_domain_and_rds_everybody_comes_in_and_the_nodes_reach_the_database() -> None:
    stage = deploy_cluster(database="rds", hostedZone="example.com", domainName="shop.example.com")
    public = {(INTERNET, "shop"): HTTP | HTTPS, (NODES, "shop"): HTTP | HTTPS}
    assert Reachability(stage.resources).alike() == INSIDE | public | {(NODES, "database"): MYSQL}


def test_a_nat_machine_passes_on_what_the_nodes_ask_for() -> None:
    passed_on = {(NODES, "bookstore-nat"): HTTP | HTTPS, ("bookstore-nat", INTERNET): HTTP | HTTPS}
    stage = deploy_cluster(nat="instance")
    assert Reachability(stage.resources).alike() == INSIDE | passed_on | {(CLOUDFRONT, "shop"): HTTP}


def test_the_model_sees_a_node_port_that_is_closed(stage: Capture) -> None:
    broken = [
        replace(found, inputs=found.inputs | {"toPort": 30693, "fromPort": 30693})
        if (found.type, found.name) == (INGRESS, "shop-to-bookstore-cluster-30694-in")
        else found
        for found in stage.resources
    ]
    assert broken != stage.resources
    assert Reachability(broken).open_ports("shop@0", f"{NODES}@1") == frozenset()
