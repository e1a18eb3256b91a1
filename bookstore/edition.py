"""The edition of the catalogue: which state of the books a page shows that was made from them.

A new one begins with every change of a book that this process commits, so that what is remembered under the
edition of its time is forgotten at once. The changes of other processes it does not see: nothing that depends
on books may be remembered for long.
"""

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from bookstore.extensions import db
from bookstore.models import Book

_CHANGED = "bookstore_books_changed"

_present = object()


def present() -> object:
    """The present edition; equal to itself alone. To be asked before the books are read."""
    return _present


@event.listens_for(db.session, "after_flush")
def _note_objects(session: Session, _context: object) -> None:
    if any(isinstance(thing, Book) for thing in (*session.new, *session.dirty, *session.deleted)):
        session.info[_CHANGED] = True


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select and state.bind_mapper is Book.__mapper__:
        state.session.info[_CHANGED] = True


@event.listens_for(db.session, "after_commit")
def _begin_anew(session: Session) -> None:
    global _present  # noqa: PLW0603
    if session.info.pop(_CHANGED, False):
        _present = object()


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, _transaction: object) -> None:
    session.info.pop(_CHANGED, None)
