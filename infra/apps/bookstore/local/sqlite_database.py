"""The SQLite database: migrated, filled with the catalogue and the demo accounts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pulumi

from infra.apps.bookstore.local.application import Application
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local.dynamic_resource import LocalResource, Properties, Provider


class SqliteDatabaseProvider(Provider):
    """Has the application's own commands migrate and fill the database; never takes one away."""

    replaced_by = ("directory",)

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Migrate, then load the catalogue and the accounts; each is safe to run again."""
        application = Application(Path(inputs["checkout"]), Path(inputs["directory"]))
        application.command("db", "upgrade")
        application.command("catalogue", "load")
        application.command("accounts", "demo", stdin=json.dumps(inputs["passwords"]))
        return {"generation": uuid4().hex}

    def drift(self, outputs: Properties) -> str:
        """Notice a database that was removed."""
        path = DataLayout(Path(outputs["directory"])).database
        return "" if path.exists() else f"the database {path} is gone"


@dataclass(frozen=True, kw_only=True)
class SqliteDatabaseArgs:
    """What a database is made from.

    Args:
        checkout: the directory that holds the application.
        directory: the data directory.
        source: digest of the migrations and the catalogue; another digest migrates and fills again.
        passwords: the demo accounts' passwords by role, secrets.
    """

    checkout: str
    directory: pulumi.Input[str]
    source: str
    passwords: Mapping[str, pulumi.Input[str]]


class SqliteDatabase(LocalResource):
    """The shop's database in its data directory; `pulumi destroy` leaves it untouched."""

    generation: pulumi.Output[str]  # another one each time it was migrated: servers open it again

    def __init__(
        self, name: str, args: SqliteDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs = {**vars(args), "passwords": pulumi.Output.secret(args.passwords)}
        super().__init__(SqliteDatabaseProvider(), name, inputs, ("generation",), opts)
