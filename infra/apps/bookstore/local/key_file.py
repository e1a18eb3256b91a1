"""A secret in a file that only its owner can read: it appears on no command line and in no environment."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pulumi

from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local.dynamic_resource import LocalProvider, LocalResource, Properties

OWNER_ONLY = 0o600


class KeyFileProvider(LocalProvider):
    """Writes the session key into a data directory."""

    replace_on_changes = ("directory",)

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Replace the file atomically, so that no reader sees a part of it or a wrong mode."""
        path = DataLayout(Path(inputs["directory"])).session_key
        new_file = path.with_suffix(".new")
        new_file.unlink(missing_ok=True)
        with os.fdopen(os.open(new_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            file.write(inputs["value"])
        new_file.replace(path)
        return {"fingerprint": hashlib.sha256(inputs["value"].encode()).hexdigest()}

    def drift(self, outputs: Properties) -> str:
        """Check the file's content and mode."""
        path = DataLayout(Path(outputs["directory"])).session_key
        try:
            unchanged = path.stat().st_mode & 0o777 == OWNER_ONLY and path.read_text() == outputs["value"]
        except OSError:
            unchanged = False
        return "" if unchanged else f"{path} was changed or removed"

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the file."""
        DataLayout(Path(_props["directory"])).session_key.unlink(missing_ok=True)


class KeyFile(LocalResource):
    """The session key in its data directory, mode 0600.

    Args:
        directory: the data directory.
        value: the key, a secret.
    """

    fingerprint: pulumi.Output[str]  # SHA-256 of the key; it changes with the key

    def __init__(
        self,
        name: str,
        directory: pulumi.Input[str],
        value: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"directory": directory, "value": pulumi.Output.secret(value)}
        super().__init__(KeyFileProvider(), name, inputs, ("fingerprint",), opts)
