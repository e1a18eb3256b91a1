"""The settings of a stack, checked; nothing else reads Pulumi's configuration.

Each stage has one frozen dataclass in a file of its own. Its fields are the stage's settings:
`order_timeout_minutes` is `bookstore:orderTimeoutMinutes` in `Pulumi.<stack>.yaml` and in the schema of
`Pulumi.yaml`.
"""

from dataclasses import fields

from infra.settings.dev import Dev
from infra.settings.keys import CHECKOUT, PROJECT, Keys
from infra.settings.monolith import Monolith
from infra.settings.sockshop import Sockshop

__all__ = ["CHECKOUT", "PROJECT", "STAGES", "Dev", "Keys", "Monolith", "Sockshop", "camel_case", "read"]

STAGES: dict[str, type[Dev] | type[Monolith] | type[Sockshop]] = {
    "dev": Dev,
    "monolith": Monolith,
    "sockshop": Sockshop,
}


def read() -> Dev | Monolith | Sockshop:
    """Read the settings of the running stack's stage.

    Raises:
        Fault: a key that no stage knows, or a value that its stage does not allow.
    """
    keys = Keys.of_stack()
    known = {camel_case(field.name) for stage in STAGES.values() for field in fields(stage)}
    keys.refuse_unknown({"stage", *known})
    return STAGES[keys.choice("stage", "dev", list(STAGES))].read(keys)


def camel_case(name: str) -> str:
    """Give the key of a field: `data_directory` is written `dataDirectory`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
