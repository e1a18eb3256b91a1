"""The Pulumi program: the stack's settings choose the stage, the stage's outputs are the stack's."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pulumi

from infra import config

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def main() -> None:
    """Deploy the stage that the stack's settings name; only that stage's providers need to be installed."""
    chosen = config.read()
    match chosen:
        case config.Dev():
            from infra.stages import dev

            export(dev.deploy(chosen))
        case config.Monolith():
            from infra.stages import monolith

            export(monolith.deploy(chosen))
        case config.Scaled():
            from infra.stages import scaled

            export(scaled.deploy(chosen))
        case config.Cluster():
            from infra.stages import cluster

            export(cluster.deploy(chosen))
        case config.Sockshop():
            from infra.stages import sockshop

            export(sockshop.deploy(chosen))


def export(outputs: "DataclassInstance") -> None:
    """Make each field of a stage's outputs an output of the stack."""
    for field in fields(outputs):
        pulumi.export(field.name, getattr(outputs, field.name))


main()
