"""The capacity check: what nodes offer, what it refuses, and the choice that it names."""

import re

import pytest

from infra.apps.bookstore import database_dumps, workload
from infra.components.aws.eks import capacity
from infra.components.aws.eks.node_types import NODE_TYPES
from infra.components.kubernetes import mysql
from infra.components.kubernetes.pod_requests import PodRequests
from infra.errors import DeploymentError

SHOP = [
    PodRequests.of("mysql", mysql.RESOURCES),
    PodRequests.of("flask", workload.RESOURCES, workload.MAX_REPLICAS + 1),
    PodRequests.of("migrate", workload.MIGRATION_RESOURCES),
    PodRequests.of("dump", database_dumps.RESOURCES),
]


@pytest.mark.parametrize(
    ("node_instance_type", "pods", "cpu", "memory"),
    [("t3.micro", 34, 1930, 517), ("t3.small", 110, 1930, 1424), ("t3.medium", 110, 1930, 3294)],
)
def test_a_node_offers_what_the_machine_has_less_what_the_system_keeps(
    node_instance_type: str, pods: int, cpu: int, memory: int
) -> None:
    offer = NODE_TYPES[node_instance_type]
    assert (offer.pods, offer.free_cpu, offer.free_memory) == (pods, cpu, memory)


@pytest.mark.parametrize(("node_instance_type", "nodes"), [("t3.small", 3), ("t3.medium", 2)])
def test_what_fits_is_let_through(node_instance_type: str, nodes: int) -> None:
    capacity.require_room(node_instance_type, nodes, SHOP)


@pytest.mark.parametrize(
    ("node_instance_type", "nodes"), [("t3.micro", 2), ("t3.small", 2), ("t3.medium", 1)]
)
def test_what_does_not_is_refused_with_numbers_and_a_choice_that_fits(
    node_instance_type: str, nodes: int
) -> None:
    with pytest.raises(DeploymentError) as refusal:
        capacity.require_room(node_instance_type, nodes, SHOP)
    message = str(refusal.value)
    assert message.startswith(f"{nodes} x {node_instance_type} has no room for ")
    assert f"the nodes offer {nodes * NODE_TYPES[node_instance_type].pods} pods, " in message
    assert "the other pods request 10 pods, 1.45 processors" in message
    chosen = re.search(r"nodeInstanceType (\S+) && pulumi config set bookstore:nodeCount (\d+)", message)
    assert chosen
    capacity.require_room(chosen[1], int(chosen[2]), SHOP)


def test_a_pod_larger_than_every_node_has_no_choice() -> None:
    with pytest.raises(DeploymentError, match="no room for 1 x giant; no choice of nodes does"):
        capacity.require_room("t3.medium", 4, [PodRequests(name="giant", count=1, cpu=64_000, memory=1)])


def test_the_number_of_pods_counts_too() -> None:
    many = [PodRequests(name="tiny", count=60, cpu=1, memory=1)]
    assert capacity.unplaced(NODE_TYPES["t3.micro"], 2, many)
    assert not capacity.unplaced(NODE_TYPES["t3.medium"], 2, many)


def test_the_cheapest_choice_that_fits_is_named() -> None:
    found = capacity.smallest(SHOP)
    assert found is not None
    name, nodes = found
    price = nodes * NODE_TYPES[name].price
    cheaper = [
        (other, count)
        for other, offer in NODE_TYPES.items()
        for count in range(2, 9)
        if count * offer.price < price
    ]
    assert all(capacity.unplaced(NODE_TYPES[other], count, SHOP) for other, count in cheaper)
