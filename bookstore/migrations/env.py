"""How Alembic runs the migrations: on the application's own database, by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, text

PATIENCE = 300  # seconds that an instance waits for another one's migration


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold off every other instance that starts at this moment: MySQL cannot roll back half a migration."""
    if connection.dialect.name != "mysql":
        with Path(f"{connection.engine.url.database}.migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    # The lock's name counts for the whole server, which may hold several shops.
    name = f"migrate {connection.engine.url.database}"[:64]
    if (
        connection.scalar(text("SELECT GET_LOCK(:name, :patience)"), {"name": name, "patience": PATIENCE})
        != 1
    ):
        raise SystemExit(f"Another instance has been migrating this database for {PATIENCE} seconds.")
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


def migrate() -> None:
    """Bring the database to the version asked for."""
    extension = current_app.extensions["migrate"].db
    engine: Engine = extension.engine
    # Two connections: what migrates commits, and must not let go of the lock with that.
    with engine.connect() as guard, alone(guard), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            render_as_batch=connection.dialect.name == "sqlite",  # which cannot alter a table in place
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("The migrations need the database itself: run db upgrade without --sql.")
migrate()
