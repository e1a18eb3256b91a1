"""Pages by key: each page starts where its neighbour ended, so a deep page costs what the first one does."""

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
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of the items, and the cursors of the pages on either side (None where there is none)."""

    items: list[T]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Sorting(Generic[T]):
    """How a list is sorted: by columns that together are unique, all rising or all falling.

    `key` reads the same values, as the database keeps them, from an item.
    """

    columns: Sequence[SortColumn]
    key: Callable[[T], list[int | str]]
    falling: bool = False

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
    """The `size` items at the cursor; a cursor that this list never gave out is the first page's.

    `load` makes the items, in the same order, of what the statement selects where that is something else.
    """
    place = _read(cursor, sorting)
    back = place is not None and place.back
    falling = sorting.falling != back
    unplaced = statement
    if place is not None:
        statement = statement.where(_beyond(sorting.columns, place.key, falling=falling))
    statement = statement.order_by(
        *(column.desc() if falling else column.asc() for column in sorting.columns)
    )
    found = list(db.session.scalars(statement.limit(size + 1)))
    more = len(found) > size
    if back and not more:
        # The start is near: a whole first page, not the rest of one.
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


def _beyond(columns: Sequence[SortColumn], key: Sequence[int | str], *, falling: bool) -> ColumnElement[bool]:
    first, *rest = columns
    past = first < key[0] if falling else first > key[0]
    if not rest:
        return past
    # Not a comparison of rows, (a, b) > (x, y): MySQL reads the whole index for that.
    reached = first <= key[0] if falling else first >= key[0]
    tie = rest[0] < key[1] if falling else rest[0] > key[1]
    return and_(reached, or_(past, tie))


def _read(cursor: str | None, sorting: Sorting[T]) -> _Cursor | None:
    """The place that a cursor names, or None when it is not one of this list's."""
    if not cursor or len(cursor) > 1000:
        return None
    try:
        back, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    if back not in (0, 1) or len(key) != len(sorting.columns):
        return None
    for column, value in zip(sorting.columns, key, strict=True):
        wanted = str if column.type.python_type is str else int
        if type(value) is not wanted or (isinstance(value, int) and abs(value) > 2**62):
            return None
    return _Cursor(bool(back), key)
