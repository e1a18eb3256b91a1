"""How Alembic runs the migrations: on the application's own database, by one process at a time."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import context
from flask import current_app
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

PATIENCE = 300  # seconds that an instance waits for another one's migration


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold off every other instance that starts at this moment: MySQL cannot roll back half a migration."""
    database = engine.url.database or ""
    if engine.dialect.name == "sqlite":
        with Path(f"{database}.migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Kept by the file from now on: readers and a writer do not wait for each other.
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            yield
        return
    # A connection of its own: what migrates commits, and must not let go of the lock with that. The lock's
    # name counts for the whole server, which may hold several shops.
    values = {"name": f"migrate {database}"[:64], "patience": PATIENCE}
    with engine.connect() as guard:
        if guard.scalar(text("SELECT GET_LOCK(:name, :patience)"), values) != 1:
            raise SystemExit(f"Another instance has been migrating this database for {PATIENCE} seconds.")
        yield
        guard.execute(text("SELECT RELEASE_LOCK(:name)"), values)


def migrate() -> None:
    """Bring the database to the version asked for."""
    extension = current_app.extensions["migrate"].db
    engine: Engine = extension.engine
    with alone(engine), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            render_as_batch=engine.dialect.name == "sqlite",  # which cannot alter a table in place
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("The migrations need the database itself: run db upgrade without --sql.")
try:
    migrate()
except OperationalError as failure:
    raise SystemExit(f"The database was not migrated. {failure.orig}") from None
