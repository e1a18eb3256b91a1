"""The SQLite database, with the catalogue and the demo accounts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pulumi

from infra.apps.bookstore.local.application import Application
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local.dynamic_resource import LocalProvider, LocalResource, Properties


class SqliteDatabaseProvider(LocalProvider):
    """Migrates and fills the database with the application's own commands, and never deletes one."""

    replace_on_changes = ("directory",)

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Migrate, then load the catalogue and the accounts; each command may run again."""
        application = Application(Path(inputs["checkout"]), Path(inputs["directory"]))
        application.command("db", "upgrade")
        application.command("catalogue", "load")
        application.command("accounts", "demo", stdin=json.dumps(inputs["passwords"]))
        return {"generation": uuid4().hex}

    def drift(self, outputs: Properties) -> str:
        """Check that the database exists."""
        path = DataLayout(Path(outputs["directory"])).database
        return "" if path.exists() else f"the database {path} is gone"


@dataclass(frozen=True, kw_only=True)
class SqliteDatabaseArgs:
    """Arguments for `SqliteDatabase`.

    Args:
        checkout: the directory that holds the application.
        directory: the data directory.
        source: digest of the migrations and the catalogue; a change migrates and fills the database again.
        passwords: the demo accounts' passwords by role, as secrets.
    """

    checkout: str
    directory: pulumi.Input[str]
    source: str
    passwords: Mapping[str, pulumi.Input[str]]


class SqliteDatabase(LocalResource):
    """The shop's database in its data directory; `pulumi destroy` leaves it untouched."""

    generation: pulumi.Output[str]  # changes with each migration, so that servers reload

    def __init__(
        self, name: str, args: SqliteDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs = {**vars(args), "passwords": pulumi.Output.secret(args.passwords)}
        super().__init__(SqliteDatabaseProvider(), name, inputs, ("generation",), opts)
