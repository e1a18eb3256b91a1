"""Random secrets, such as session keys and passwords."""

import secrets
from typing import Any

import pulumi

from infra.components.local.dynamic_resource import LocalProvider, LocalResource, Properties


class RandomSecretProvider(LocalProvider):
    """Creates a secret once. It exists only in the stack's state, so it cannot drift."""

    replace_on_changes = ("entropy",)

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Read the operating system's random source."""
        return {"value": secrets.token_urlsafe(int(inputs["entropy"]))}


class RandomSecret(LocalResource):
    """A random text of URL-safe characters, encrypted in the state.

    Args:
        entropy: how many random bytes it encodes.
    """

    value: pulumi.Output[str]

    def __init__(self, name: str, entropy: int, opts: pulumi.ResourceOptions | None = None) -> None:
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        super().__init__(
            RandomSecretProvider(),
            name,
            {"entropy": entropy},
            ("value",),
            pulumi.ResourceOptions.merge(opts, hidden),
        )
