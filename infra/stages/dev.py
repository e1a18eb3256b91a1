"""`dev`: this machine -> BookStore on a loopback port -> SQLite in a data directory."""

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.apps.bookstore.demo_accounts import ROLES, with_emails
from infra.apps.bookstore.local.application import digest
from infra.apps.bookstore.local.data_directory import DataDirectory, DataLayout
from infra.apps.bookstore.local.gunicorn_server import GunicornServer, GunicornServerArgs
from infra.apps.bookstore.local.key_file import KeyFile
from infra.apps.bookstore.local.sqlite_database import SqliteDatabase, SqliteDatabaseArgs
from infra.components.local.random_secret import RandomSecret
from infra.config import CHECKOUT, Dev

APPLICATION = CHECKOUT / "bookstore"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use the shop; `demo_accounts` is a secret: {role: {email, password}}."""

    url: pulumi.Output[str]
    data_directory: pulumi.Output[str]
    logs: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]


def deploy(settings: Dev) -> Outputs:
    """Serve the BookStore on this machine."""
    data = DataDirectory("data", settings.data_directory)
    passwords = {role: RandomSecret(role, entropy=16).value for role in ROLES}
    session_key = KeyFile(
        "session-key", directory=data.ready, value=RandomSecret("session", entropy=32).value
    )
    database = SqliteDatabase(
        "shop",
        SqliteDatabaseArgs(
            checkout=str(CHECKOUT),
            directory=data.ready,
            source=digest(APPLICATION / "migrations", APPLICATION / "catalogue.csv"),
            passwords=passwords,
        ),
    )
    server = GunicornServer(
        "web",
        GunicornServerArgs(
            checkout=str(CHECKOUT),
            source=digest(APPLICATION),
            directory=data.ready,
            database=database.generation,
            session_key=session_key.fingerprint,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            order_timeout=settings.order_timeout_minutes,
        ),
    )
    return Outputs(
        url=server.url,
        data_directory=data.ready,
        logs=data.ready.apply(lambda path: str(DataLayout(Path(path)).log)),
        demo_accounts=pulumi.Output.secret(pulumi.Output.all(**passwords).apply(with_emails)),
    )
