"""The settings of every stage, stated once; nothing else reads Pulumi's configuration.

Each stage has one model in a file of its own: its field `data_directory` is the setting
`bookstore:dataDirectory` in `Pulumi.<stack>.yaml`. `make settings` writes `Pulumi.yaml` and the
tables of docs/ from the models.
"""

from infra.config.cluster import Cluster
from infra.config.dev import Dev
from infra.config.kubernetes import Kubernetes
from infra.config.monolith import Monolith
from infra.config.parser import STAGES, Stage, explained, parse
from infra.config.scaled import Scaled
from infra.config.settings import CHECKOUT, ENCRYPTED, RefusedError
from infra.config.sockshop import Sockshop
from infra.remedy import PROJECT
from tools.errors import UserError

__all__ = [
    "CHECKOUT",
    "ENCRYPTED",
    "PROJECT",
    "STAGES",
    "Cluster",
    "Dev",
    "Kubernetes",
    "Monolith",
    "Scaled",
    "Sockshop",
    "Stage",
    "parse",
    "read",
    "require_project_name",
]


def require_project_name() -> None:
    """Refuse a project that `pulumi new` has given another name: its settings would not be found."""
    import pulumi

    from infra.errors import DeploymentError

    if (name := pulumi.get_project()) != PROJECT:
        raise DeploymentError(
            f"the project is named {name}, but its settings are named {PROJECT}:...",
            f"write `name: {PROJECT}` in Pulumi.yaml; CONTRIBUTING.md says how to rename both",
        )


def read() -> Stage:
    """Read the settings of the running stack.

    Raises:
        DeploymentError: a key or a value that the stage does not allow, or a kubeconfig that cannot be read.
    """
    import pulumi
    from pulumi.runtime.config import CONFIG, get_config_env

    from infra.errors import DeploymentError

    values = {}
    for key in {*CONFIG.get(), *get_config_env()}:
        namespace, _, name = key.partition(":")
        values[key] = pulumi.Config(namespace).get(name) or ""
    stack = pulumi.get_stack()
    try:
        settings = parse(stack, values)
        if isinstance(settings, Kubernetes) and settings.cluster == "kubeconfig":
            settings.require_kubeconfig()
    except RefusedError as refused:
        failure = explained(stack, refused)
        raise DeploymentError(failure.cause, failure.remedy) from None
    except UserError as failure:
        raise DeploymentError(failure.cause, failure.remedy) from None
    return settings
