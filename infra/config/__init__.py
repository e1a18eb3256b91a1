"""The settings of a stack, checked; nothing else reads Pulumi's configuration.

Each stage has one frozen dataclass in a file of its own. Its fields are the stage's settings:
`order_timeout_minutes` is `bookstore:orderTimeoutMinutes` in `Pulumi.<stack>.yaml` and in the schema of
`Pulumi.yaml`.
"""

from dataclasses import fields

from infra.config.cluster import Cluster
from infra.config.dev import Dev
from infra.config.keys import CHECKOUT, PROJECT, StackConfig
from infra.config.monolith import Monolith
from infra.config.scaled import Scaled
from infra.config.sockshop import Sockshop

__all__ = [
    "CHECKOUT",
    "PROJECT",
    "STAGES",
    "Cluster",
    "Dev",
    "Monolith",
    "Scaled",
    "Sockshop",
    "StackConfig",
    "Stage",
    "camel_case",
    "read",
]

Stage = Dev | Monolith | Scaled | Cluster | Sockshop
STAGES: dict[str, type[Stage]] = {
    "dev": Dev,
    "monolith": Monolith,
    "scaled": Scaled,
    "cluster": Cluster,
    "sockshop": Sockshop,
}


def read() -> Stage:
    """Read the settings of the running stack's stage.

    Raises:
        DeploymentError: a key that no stage knows, or a value that its stage does not allow.
    """
    keys = StackConfig.of_stack()
    known = {camel_case(field.name) for stage in STAGES.values() for field in fields(stage)}
    keys.refuse_unknown({"stage", *known})
    return STAGES[keys.choice("stage", "dev", list(STAGES))].read(keys)


def camel_case(name: str) -> str:
    """Return the key of a field: `data_directory` is written `dataDirectory`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
