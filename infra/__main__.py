"""The Pulumi program: the stack's settings choose the stage, the stage's outputs are the stack's."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pulumi

from infra import config
from infra.errors import DeploymentError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def require_name(project: str) -> None:
    """Refuse a project that `pulumi new` has given another name: its settings would not be found."""
    if project != config.PROJECT:
        raise DeploymentError(
            f"the project is named {project}, but its settings are named {config.PROJECT}:...",
            f"write `name: {config.PROJECT}` in Pulumi.yaml; CONTRIBUTING.md says how to rename both",
        )


def deploy() -> "DataclassInstance":
    """Deploy the stage that the settings name; only that stage's providers need to be installed."""
    match config.read():
        case config.Dev() as settings:
            from infra.stages import dev

            return dev.deploy(settings)
        case config.Monolith() as settings:
            from infra.stages import monolith

            return monolith.deploy(settings)
        case config.Scaled() as settings:
            from infra.stages import scaled

            return scaled.deploy(settings)
        case config.Cluster() as settings:
            from infra.stages import cluster

            return cluster.deploy(settings)
        case config.Sockshop() as settings:
            from infra.stages import sockshop

            return sockshop.deploy(settings)


require_name(pulumi.get_project())
outputs = deploy()
for field in fields(outputs):
    pulumi.export(field.name, getattr(outputs, field.name))
