"""Transactions: the one way to write to the database."""

import functools
import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask
from sqlalchemy import Connection, CursorResult, Delete, Update, event
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import Session

from bookstore import editions
from bookstore.config import Misconfigured
from bookstore.errors import NotFound
from bookstore.extensions import Base, db

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 6
_TRY_AGAIN = {1205, 1213}  # MySQL's errors for a lock that did not come free and for a deadlock
_WRITING = "bookstore_writing"

log = logging.getLogger(__name__)


def transaction(work: Callable[P, R]) -> Callable[P, R]:
    """Decorate `work` to run as one transaction: committed when it returns, rolled back when it raises.

    Called within another transaction it is part of that one. Otherwise it does this:

    1. It ends the transaction in which this request has read so far, so that `work` decides on what is
       committed by now.
    2. It reloads the rows among the arguments. Raise `NotFound` when one is gone meanwhile.
    3. It runs `work`, again from the start when the database asks for it (a deadlock, a lock that did not
       come free): `work` must change nothing but the database.
    4. It commits, and begins a new edition of the catalogue when books changed (see `bookstore.editions`).
    """

    @functools.wraps(work)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        session = db.session()
        if session.info.get(_WRITING):
            return work(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            session.rollback()
            committing = False
            session.info[_WRITING] = True
            try:
                session.connection(execution_options={"writing": True})
                _reload(session, (*args, *kwargs.values()))
                result = work(*args, **kwargs)
                session.flush()
                committing = True
                session.commit()
            except DBAPIError as failure:
                session.rollback()
                if attempt == ATTEMPTS or not _may_try_again(failure, committing=committing):
                    raise
                log.warning("transaction tried again", extra={"attempt": attempt})
                time.sleep(random.uniform(0.2, 1) * 0.05 * 2**attempt)  # noqa: S311  # nosec B311
            except BaseException:
                session.rollback()
                raise
            else:
                editions.begin_if_changed(session)
                return result
            finally:
                session.info.pop(_WRITING, None)
                editions.forget_changes(session)
        raise AssertionError("unreachable")

    return whole


def _reload(session: Session, values: tuple[object, ...]) -> None:
    """Read the rows among the values as they are now; the rollback has expired them."""
    for value in values:
        if isinstance(value, Base) and value in session:
            try:
                session.refresh(value)
            except InvalidRequestError as failure:
                raise NotFound from failure


@event.listens_for(db.session, "before_flush")
def _refuse_stray_changes(session: Session, *_: object) -> None:
    """Refuse changes outside a transaction, which would be rolled back without a word."""
    if not session.info.get(_WRITING):
        raise RuntimeError("something was changed outside a transaction")


def _may_try_again(failure: DBAPIError, *, committing: bool) -> bool:
    if failure.connection_invalidated:
        return not committing  # a connection lost during COMMIT leaves open whether that took place
    return _code(failure) in _TRY_AGAIN or "database is locked" in str(failure.orig)


def _code(failure: DBAPIError) -> object:
    return failure.orig.args[0] if failure.orig and failure.orig.args else None


def register(app: Flask) -> None:
    """Prepare the connections of the application's engine, without opening one."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        return
    folder: Path = app.extensions["bookstore"].database_file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise Misconfigured(f"DATABASE_FILE must be in a folder that can be created: {folder}") from failure

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late, at the first write
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32000")  # KiB

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer locks at the start: one that read first could not write after another did.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def changed(statement: Update | Delete) -> int:
    """Execute the statement, past the objects already loaded, and return how many rows it matched."""
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def is_unique_violation(failure: DBAPIError) -> bool:
    """Return whether the database refused a row because another has the same unique value."""
    return _code(failure) == 1062 or "UNIQUE constraint failed" in str(failure.orig)
