"""The Pulumi program: the stack's settings choose the stage, the stage's outputs are the stack's."""

import pulumi

from infra import config


def deploy() -> object:
    """Deploy the stage that the settings name, with its providers alone; return its outputs, a dataclass."""
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


config.require_project_name()
for name, output in vars(deploy()).items():
    pulumi.export(name, output)
