"""The network: zones, what leads outside and what never does."""

import pulumi
import pytest

from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from tests.infra.capture import Capture, capture

SUBNET, ROUTE = "aws:ec2/subnet:Subnet", "aws:ec2/route:Route"
GATEWAY = "aws:ec2/natGateway:NatGateway"


def built(strategy: NatStrategy) -> Capture:
    """Build a network over three zones with subnets for data, and its NAT."""

    def program() -> None:
        network = Network("net", NetworkArgs(availability_zones=3, isolated_subnets=True))
        Nat("nat", NatArgs(network=network, strategy=strategy, ami="ami-0123456789"))

    return capture(program, stack="blocks")


@pytest.fixture(scope="module")
def network() -> Capture:
    """A network with a gateway in each zone."""
    return built(NatStrategy.GATEWAY_PER_ZONE)


def test_each_zone_has_a_subnet_of_each_kind(network: Capture) -> None:
    zones = {subnet.name: subnet.inputs["availabilityZone"] for subnet in network.of(SUBNET)}
    assert zones == {
        f"net-{kind}-{number}": f"us-east-1{letter}"
        for kind in ("public", "private", "isolated")
        for number, letter in enumerate("acd")
    }


def test_public_subnets_wait_for_the_internet_gateway(network: Capture) -> None:
    (gateway,) = network.of("aws:ec2/internetGateway:InternetGateway")
    for number in range(3):
        # And so does all that is in them: otherwise `VPC has no internet gateway`.
        assert gateway.urn in network.one(SUBNET, f"net-public-{number}").dependencies


def test_no_two_subnets_share_an_address(network: Capture) -> None:
    ranges = [subnet.inputs["cidrBlock"] for subnet in network.of(SUBNET)]
    assert len(set(ranges)) == 9
    assert all(written.startswith("10.20.") and written.endswith("/20") for written in ranges)


def test_subnets_for_data_have_a_route_to_s3_alone(network: Capture) -> None:
    leading = {route.inputs["routeTableId"] for route in network.of(ROUTE)}
    assert leading == {f"net-{kind}-{number}-id" for kind in ("public", "private") for number in range(3)}
    (endpoint,) = network.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert (endpoint.inputs["vpcEndpointType"], endpoint.inputs["serviceName"]) == (
        "Gateway",
        "com.amazonaws.us-east-1.s3",
    )
    assert {f"net-isolated-{number}-id" for number in range(3)} <= set(endpoint.inputs["routeTableIds"])


@pytest.mark.parametrize(
    ("strategy", "gateways"),
    [(NatStrategy.GATEWAY_PER_ZONE, ["nat-0", "nat-1", "nat-2"]), (NatStrategy.GATEWAY, ["nat"] * 3)],
)
def test_private_subnets_leave_by_their_own_zone_or_by_the_one_gateway(
    strategy: NatStrategy, gateways: list[str]
) -> None:
    network = built(strategy)
    ways = [network.one(ROUTE, f"nat-{number}").inputs["natGatewayId"] for number in range(3)]
    assert ways == [f"{gateway}-id" for gateway in gateways]
    places = [gateway.inputs["subnetId"] for gateway in network.of(GATEWAY)]
    assert places == [f"net-public-{number}-id" for number in range(len(set(gateways)))]


def test_a_network_without_data_has_no_subnets_for_it() -> None:
    found: list[int] = []

    def program() -> None:
        network = Network("net", NetworkArgs(availability_zones=2))
        found.append(len(network.isolated_subnets))
        pulumi.export("vpc", network.vpc_id)

    assert len(capture(program, stack="blocks").of(SUBNET)) == 4
    assert found == [0]
