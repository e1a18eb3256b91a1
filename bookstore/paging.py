"""Keyset pagination: a page starts where its neighbour ended, so a deep one costs no more than the first."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from bookstore.extensions import db

T = TypeVar("T")
SortColumn: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
MAX_ID = 2**31 - 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, and the cursors of the neighbouring pages (None where there is none)."""

    items: list[T]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Sorting(Generic[T]):
    """The order of a list: by columns that together are unique, all ascending or all descending.

    `key` reads the same values, as the database keeps them, from an item.
    """

    columns: Sequence[SortColumn]
    key: Callable[[T], list[int | str]]
    descending: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.columns) <= 2:
            raise ValueError("a list is sorted by one or two columns")


@dataclass(frozen=True)
class _Cursor:
    """A place between two items; `back` asks for the items before it."""

    back: bool
    key: list[int | str]

    def __str__(self) -> str:
        text = json.dumps([int(self.back), *self.key], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def page(
    statement: Select[Any],
    sorting: Sorting[T],
    cursor: str | None,
    size: int,
    load: Callable[[list[Any]], list[T]] = list,
) -> Page[T]:
    """Return the `size` items at the cursor, or the first ones for an invalid cursor.

    `load` turns what the statement selects into items, in the same order.
    """
    place = _read(cursor, sorting)
    back = place is not None and place.back
    descending = sorting.descending != back
    unplaced = statement
    if place is not None:
        statement = statement.where(_beyond(sorting.columns, place.key, descending=descending))
    statement = statement.order_by(
        *(column.desc() if descending else column.asc() for column in sorting.columns)
    )
    found = list(db.session.scalars(statement.limit(size + 1)))
    more = len(found) > size
    if back and not more:
        # Near the start: show a whole first page.
        return page(unplaced, sorting, None, size, load)
    items = load(found[:size])
    if back:
        items.reverse()
    if not items:
        return Page([])
    return Page(
        items,
        next=str(_Cursor(False, sorting.key(items[-1]))) if more or back else None,
        previous=str(_Cursor(True, sorting.key(items[0]))) if place is not None else None,
    )


def _beyond(
    columns: Sequence[SortColumn], key: Sequence[int | str], *, descending: bool
) -> ColumnElement[bool]:
    first, *rest = columns
    past = first < key[0] if descending else first > key[0]
    if not rest:
        return past
    # No row comparison, (a, b) > (x, y): MySQL reads the whole index for that.
    reached = first <= key[0] if descending else first >= key[0]
    tie = rest[0] < key[1] if descending else rest[0] > key[1]
    return and_(reached, or_(past, tie))


def _read(cursor: str | None, sorting: Sorting[T]) -> _Cursor | None:
    """Return the cursor's place, or None when it is not valid for this list."""
    if not cursor or len(cursor) > 1000:
        return None
    try:
        back, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    if back not in (0, 1) or len(key) != len(sorting.columns):
        return None
    for column, value in zip(sorting.columns, key, strict=True):
        wanted = str if column.type.python_type is str else int
        if type(value) is not wanted or (isinstance(value, int) and abs(value) > 2**62):
            return None
        if isinstance(value, str) and not _is_text(value):
            return None
    return _Cursor(bool(back), key)


def _is_text(value: str) -> bool:
    """Return whether a database takes the text: JSON can name half a surrogate pair, no character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
