"""The Pulumi program: the stack's settings choose the stage, the stage's outputs are the stack's."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pulumi

from infra import config
from infra.errors import DeploymentError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def main() -> None:
    """Deploy the stage that the stack's settings name; only that stage's providers need to be installed."""
    require_name(pulumi.get_project())
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


def require_name(project: str) -> None:
    """Refuse a project that `pulumi new` has given another name: the settings would not be found."""
    if project != config.PROJECT:
        raise DeploymentError(
            f"the project is named {project}, but its settings are named {config.PROJECT}:...",
            f"write `name: {config.PROJECT}` in Pulumi.yaml; CONTRIBUTING.md says how to rename both",
        )


def export(outputs: "DataclassInstance") -> None:
    """Make each field of a stage's outputs an output of the stack."""
    for field in fields(outputs):
        pulumi.export(field.name, getattr(outputs, field.name))


main()
