"""A stage deployed on the stand-in, with settings as a user writes them."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.config import set_all_config

from infra import config
from infra.stages import cluster, monolith, scaled, sockshop
from tests.infra.capture import Capture, capture


def deploy_monolith(**written: str) -> Capture:
    """Deploy `monolith` with these settings, as `Pulumi.monolith.yaml` writes them."""

    def program() -> monolith.Outputs:
        chosen = _read(written)
        assert isinstance(chosen, config.Monolith)
        return monolith.deploy(chosen)

    return capture(program, stack="monolith")


def deploy_scaled(**written: str) -> Capture:
    """Deploy `scaled` with these settings, as `Pulumi.scaled.yaml` writes them, by a NAT gateway."""

    def program() -> object:
        chosen = _read({"nat": "gateway"} | written)
        assert isinstance(chosen, config.Scaled)
        return scaled.deploy(chosen)

    return capture(program, stack="scaled")


def deploy_cluster(**written: str) -> Capture:
    """Deploy `cluster` with these settings, as `Pulumi.cluster.yaml` writes them, by a NAT gateway."""

    def program() -> cluster.Outputs:
        chosen = _read({"nat": "gateway"} | written)
        assert isinstance(chosen, config.Cluster)
        return cluster.deploy(chosen)

    return capture(program, stack="cluster")


def deploy_sockshop(**written: str) -> Capture:
    """Deploy `sockshop` with these settings, as `Pulumi.sockshop.yaml` writes them, by a NAT gateway."""
    return deploy_sockshop_beside({}, **written)


def deploy_sockshop_beside(others: Mapping[str, Mapping[str, Any]], /, **written: str) -> Capture:
    """Deploy `sockshop` with these settings, where other stacks, by their full names, have these outputs."""

    def program() -> sockshop.Outputs:
        chosen = _read({"nat": "gateway"} | written)
        assert isinstance(chosen, config.Sockshop)
        return sockshop.deploy(chosen)

    return capture(program, stack="sockshop", others=others)


def _read(written: dict[str, str]) -> object:
    set_all_config({f"bookstore:{key}": value for key, value in written.items()})
    return config.read()
