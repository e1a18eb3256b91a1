"""The call graph: the data, the network policies and the Services say the same, and it is the real one."""

from copy import deepcopy

import pytest

from sockshop.manifests import manifests
from sockshop.options import Options
from sockshop.services import SERVICES
from tests.sockshop.combinations import COMBINATIONS, called
from tests.sockshop.reaching import Network

# From the services' sources.
CALLS = {
    "front-end": {"session-db", "catalogue", "carts", "orders", "user"},
    "catalogue": {"catalogue-db"},
    "carts": {"carts-db"},
    "orders": {"orders-db", "user", "carts", "payment", "shipping"},
    "user": {"user-db"},
    "shipping": {"rabbitmq"},
    "queue-master": {"rabbitmq"},
    "payment": set(),
    "catalogue-db": set(),
    "carts-db": set(),
    "orders-db": set(),
    "user-db": set(),
    "rabbitmq": set(),
    "session-db": set(),
}


def graph(network: Network) -> dict[str, set[str]]:
    """Give whom each workload reaches by its name."""
    return {
        caller: {
            callee
            for callee in network.services
            # The front end is open to everybody, to the other pods too, but none calls it.
            if callee not in (caller, "front-end") and network.calls(caller, callee)
        }
        for caller in network.pods
    }


def test_the_data_has_the_real_calls() -> None:
    assert {service.name: set(service.calls) for service in SERVICES} == CALLS


def test_policies_and_services_let_exactly_these_through() -> None:
    assert graph(Network(manifests(Options()))) == CALLS


@pytest.mark.parametrize("options", COMBINATIONS, ids=called)
def test_each_combination_lets_its_calls_through(options: Options) -> None:
    network = Network(manifests(options))
    reached = graph(network)
    for service in options.services:
        assert reached[service.name] == set(service.calls), service.name
    assert {each for each in network.pods if network.open_to_everybody(each)} == {"front-end"}
    assert network.open_to_everybody("front-end") == {8079}
    outside = {each: out for each in network.pods if (out := network.goes_out_to(each))}
    if options.catalogue_database is None:
        assert outside == {}
    else:
        (job,) = (each for each in network.pods if each.startswith("load-socks"))
        assert outside == {"catalogue": {("10.20.0.0/16", 3306)}, job: {("10.20.0.0/16", 3306)}}


@pytest.mark.parametrize("way", ["ingress", "egress"])
@pytest.mark.parametrize(
    ("caller", "callee"), [(a, b) for a, others in CALLS.items() for b in sorted(others)]
)
def test_a_missing_edge_is_seen(caller: str, callee: str, way: str) -> None:
    made = deepcopy(manifests(Options()))
    owner, other, peers = (caller, callee, "to") if way == "egress" else (callee, caller, "from")
    (policy,) = (
        each for each in made if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == owner
    )
    for rule in policy["spec"][way]:
        rule[peers] = [
            peer
            for peer in rule[peers]
            if peer["podSelector"]["matchLabels"] != {"app.kubernetes.io/name": other}
        ]
    assert graph(Network(made)) != CALLS


def test_a_service_that_leads_nowhere_is_seen() -> None:
    made = deepcopy(manifests(Options()))
    (service,) = (each for each in made if each["kind"] == "Service" and each["metadata"]["name"] == "carts")
    service["spec"]["selector"] = {"app.kubernetes.io/name": "cart"}
    assert graph(Network(made)) != CALLS
