"""The edition of the catalogue: it tells whether the books have changed since a page was made from them.

A transaction that changes books begins a new edition when it commits (see `bookstore.transactions`), and what
is cached under the old one is never used again. Changes by other processes do not count: nothing that depends
on books may be cached for long.
"""

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from bookstore.extensions import db
from bookstore.models import Book

_CHANGED = "bookstore_books_changed"

_current = object()


def current() -> object:
    """Return the current edition, equal to itself alone. Ask before reading the books."""
    return _current


def begin_if_changed(session: Session) -> None:
    """Begin a new edition when the session, which has committed, changed books."""
    global _current  # noqa: PLW0603
    if session.info.pop(_CHANGED, False):
        _current = object()


def forget_changes(session: Session) -> None:
    """Forget the changes of a session that was rolled back."""
    session.info.pop(_CHANGED, None)


@event.listens_for(db.session, "after_flush")
def _note_objects(session: Session, _context: object) -> None:
    if any(isinstance(thing, Book) for thing in (*session.new, *session.dirty, *session.deleted)):
        session.info[_CHANGED] = True


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select and state.bind_mapper is Book.__mapper__:
        state.session.info[_CHANGED] = True
