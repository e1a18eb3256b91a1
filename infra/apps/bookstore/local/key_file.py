"""A secret as a file that only its owner reads: so it reaches a process without argv or environment."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pulumi

from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local.dynamic_resource import LocalResource, Properties, Provider

OWNER_ONLY = 0o600


class KeyFileProvider(Provider):
    """Writes the session key into its data directory."""

    replaced_by = ("directory",)

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Replace the file at once, so that no reader sees half of it or too open a mode."""
        path = DataLayout(Path(inputs["directory"])).session_key
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            file.write(inputs["value"])
        fresh.replace(path)
        return {"fingerprint": hashlib.sha256(inputs["value"].encode()).hexdigest()}

    def drift(self, outputs: Properties) -> str:
        """Notice a file that is gone, changed or readable by others."""
        path = DataLayout(Path(outputs["directory"])).session_key
        try:
            kept = path.stat().st_mode & 0o777 == OWNER_ONLY and path.read_text() == outputs["value"]
        except OSError:
            kept = False
        return "" if kept else f"{path} is not as it was written"

    def remove(self, outputs: Properties) -> None:
        """Take the file away."""
        DataLayout(Path(outputs["directory"])).session_key.unlink(missing_ok=True)


class KeyFile(LocalResource):
    """The session key in its data directory, mode 0600.

    Args:
        directory: the data directory.
        value: the key, a secret.
    """

    fingerprint: pulumi.Output[str]  # SHA-256 of the key, to notice that it changed

    def __init__(
        self,
        name: str,
        directory: pulumi.Input[str],
        value: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"directory": directory, "value": pulumi.Output.secret(value)}
        super().__init__(KeyFileProvider(), name, inputs, ("fingerprint",), opts)
