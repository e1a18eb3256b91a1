"""`dev`: this machine -> BookStore on a loopback port -> SQLite in a data directory."""

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.local.application import digest
from infra.local.database import Database, DatabaseArgs
from infra.local.key_file import KeyFile
from infra.local.place import Layout, Place
from infra.local.secret import Secret
from infra.local.server import Server, ServerArgs
from infra.settings import CHECKOUT, Dev

APPLICATION = CHECKOUT / "bookstore"
ROLES = ("buyer", "seller", "administrator")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use the shop; `demo_accounts` is a secret: {role: {email, password}}."""

    url: pulumi.Output[str]
    data_directory: pulumi.Output[str]
    logs: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]


def deploy(settings: Dev) -> Outputs:
    """Serve the BookStore on this machine."""
    place = Place("data", settings.data_directory)
    passwords = {role: Secret(role, entropy=16).value for role in ROLES}
    session_key = KeyFile("session-key", directory=place.ready, value=Secret("session", entropy=32).value)
    database = Database(
        "shop",
        DatabaseArgs(
            checkout=str(CHECKOUT),
            directory=place.ready,
            source=digest(APPLICATION / "migrations", APPLICATION / "catalogue.csv"),
            passwords=passwords,
        ),
    )
    server = Server(
        "web",
        ServerArgs(
            checkout=str(CHECKOUT),
            source=digest(APPLICATION),
            directory=place.ready,
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
        data_directory=place.ready,
        logs=place.ready.apply(lambda path: str(Layout(Path(path)).log)),
        demo_accounts=pulumi.Output.secret(pulumi.Output.all(**passwords).apply(_accounts)),
    )


def _accounts(passwords: dict[str, str]) -> dict[str, dict[str, str]]:
    return {
        role: {"email": f"{role}@bookstore.example", "password": password}
        for role, password in passwords.items()
    }
