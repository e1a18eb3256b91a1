"""Secrets that this project makes up itself: a session key, the passwords of demo accounts."""

import secrets
from typing import Any

import pulumi

from infra.components.local.dynamic_resource import LocalResource, Properties, Provider


class RandomSecretProvider(Provider):
    """Draws a secret once and never again; it lives in the stack's state alone, where nothing can drift."""

    replaced_by = ("entropy",)

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Draw it from the operating system's randomness."""
        return {"value": secrets.token_urlsafe(int(inputs["entropy"]))}


class RandomSecret(LocalResource):
    """A random text of URL-safe characters, encrypted in the state.

    Args:
        entropy: how many random bytes it is drawn from.
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
