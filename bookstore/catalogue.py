"""The catalogue: the books on sale, found by whoever comes and kept by those who sell them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import BinaryIO, cast

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Table, select
from sqlalchemy import delete as delete_from

from bookstore import covers, search
from bookstore.errors import Invalid, NotAllowed, NotFound
from bookstore.extensions import db
from bookstore.fields import DEAREST, FIRST_YEAR, MOST_COPIES, BookFields
from bookstore.models import Book, CartItem, User, now
from bookstore.paging import LARGEST_ID, Page, Sorting, page
from bookstore.text import folded
from bookstore.transactions import transaction

__all__ = [
    "FIRST_YEAR",
    "MOST_COPIES",
    "BookFields",
    "Page",
    "Query",
    "Sort",
    "add",
    "categories",
    "delete",
    "edit",
    "find",
    "get",
    "languages",
    "of_seller",
    "own",
]

REMEMBERED = 60.0  # seconds that the lists of languages and categories are kept

_books = cast(Table, Book.__table__)


class Sort(StrEnum):
    """How the catalogue is sorted."""

    NEWEST = "newest"
    TITLE = "title"
    PRICE_LOW = "price-low"
    PRICE_HIGH = "price-high"


@dataclass(frozen=True)
class Query:
    """What somebody looks for; `minimum` and `maximum` are prices, `text` words of title or author."""

    text: str = ""
    language: str | None = None
    category: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    in_stock: bool = False
    sort: Sort = Sort.NEWEST


_SORTINGS: dict[Sort, Sorting[Book]] = {
    Sort.NEWEST: Sorting((_books.c.id,), lambda book: [book.id], falling=True),
    Sort.TITLE: Sorting((_books.c.title_key, _books.c.id), lambda book: [book.title_key, book.id]),
    Sort.PRICE_LOW: Sorting((search.CENTS, _books.c.id), lambda book: [int(book.price * 100), book.id]),
    Sort.PRICE_HIGH: Sorting(
        (search.CENTS, _books.c.id), lambda book: [int(book.price * 100), book.id], falling=True
    ),
}


def find(query: Query, cursor: str | None = None, size: int = 24) -> Page[Book]:
    """The books on sale that fulfil the whole query."""
    words = search.words(query.text)
    if query.text.strip() and not words:
        return Page([])
    wanted = [*words, *search.facets(query.language, query.category)]
    sorting = _SORTINGS[query.sort]
    found = search.candidates(wanted, _prices(query), sorting.columns)
    if found is None:
        return Page([])
    statement, columns = found
    if query.in_stock:
        statement = statement.where(_books.c.stock > 0)
    return page(statement, replace(sorting, columns=columns), cursor, size, _load)


def _load(ids: list[int]) -> list[Book]:
    """The books: only now, when the few are chosen, are whole rows read."""
    whole = select(Book).where(Book.id.in_(ids))
    books = {book.id: book for book in db.session.scalars(whole)}
    return [books[number] for number in ids if number in books]


def get(book_id: int) -> Book:
    """A book on sale; raises `NotFound`, as for a deleted one."""
    found = db.session.get(Book, book_id) if 0 < book_id <= LARGEST_ID else None
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found


def languages() -> list[str]:
    """The languages that there are books in."""
    return _remembered("language")


def categories() -> list[str]:
    """The categories that there are books of."""
    return _remembered("category")


def of_seller(seller: User, cursor: str | None = None, size: int = 24) -> Page[Book]:
    """The seller's own books on sale, the newest first."""
    own: Select[Book] = select(Book).where(Book.seller_id == seller.id, Book.deleted_at.is_(None))
    return page(own, _SORTINGS[Sort.NEWEST], cursor, size)


def add(seller: User, fields: BookFields, cover: BinaryIO | None = None) -> Book:
    """Put a book on sale; raises `Invalid`, or `BadCover` for a picture that is none."""
    checked = fields.checked()
    with _stored(cover) as name:
        return _add(seller, checked, name)


def edit(seller: User, book_id: int, fields: BookFields, cover: BinaryIO | None = None) -> Book:
    """Change one's book, and its cover if one is given; raises as `add` does, `NotFound` or `NotAllowed`."""
    own(seller, book_id)  # before the picture is worked on
    checked = fields.checked()
    with _stored(cover) as name:
        book, replaced = _edit(seller, book_id, checked, name)
    if replaced:
        covers.remove(replaced)
    return book


@transaction
def delete(seller: User, book_id: int) -> None:
    """Take one's book off sale; orders that name it keep it. Raises `NotFound` or `NotAllowed`."""
    book = own(seller, book_id, lock=True)
    book.deleted_at = now()
    search.forget([book.id])
    db.session.execute(delete_from(CartItem).where(CartItem.book_id == book.id))


def own(seller: User, book_id: int, *, lock: bool = False) -> Book:
    """The seller's own book on sale; raises `NotFound`, or `NotAllowed` when it is another's."""
    book = get(book_id)
    if book.seller_id != seller.id:
        raise NotAllowed(_l("Only its seller may change a book."))
    if lock:
        db.session.refresh(book, with_for_update=True)
        if book.deleted_at is not None:
            raise NotFound
    return book


def describe(book: Book, fields: BookFields) -> Book:
    """Write the checked fields into the book, which the caller then has indexed."""
    for name, value in vars(fields).items():
        setattr(book, name, value)
    book.title_key = title_key(fields.title)
    return book


def title_key(title: str) -> str:
    """What titles are sorted by: without accents and capitals, É comes with E and not after Z."""
    return folded(title)[:100].strip()


@transaction
def _add(seller: User, fields: BookFields, cover: str | None) -> Book:
    book = describe(Book(seller_id=seller.id, cover=cover), fields)
    db.session.add(book)
    db.session.flush()
    search.index([book])
    return book


@transaction
def _edit(seller: User, book_id: int, fields: BookFields, cover: str | None) -> tuple[Book, str | None]:
    """The changed book, and the name of the cover that it no longer has."""
    book = describe(own(seller, book_id, lock=True), fields)
    replaced = book.cover if cover else None
    book.cover = cover or book.cover
    search.index([book])
    return book, replaced


@contextmanager
def _stored(cover: BinaryIO | None) -> Iterator[str | None]:
    """Keep the picture for what happens within, and no longer when that fails."""
    name = covers.store(cover) if cover else None
    try:
        yield name
    except BaseException:
        if name:
            covers.remove(name)
        raise


def _prices(query: Query) -> search.Prices | None:
    if query.minimum is None and query.maximum is None:
        return None
    return search.Prices(_cents(query.minimum, ROUND_CEILING), _cents(query.maximum, ROUND_FLOOR))


def _cents(price: Decimal | None, rounding: str) -> int | None:
    """A limit of prices in cents; one that no price reaches is kept within what a column holds."""
    if price is None:
        return None
    if not price.is_finite():
        raise Invalid(_l("A price must be a number."))
    return int((min(max(price, Decimal(-1)), 2 * DEAREST) * 100).to_integral_value(rounding=rounding))


def _remembered(facet: str) -> list[str]:
    kept: dict[str, tuple[float, list[str]]] = current_app.extensions.setdefault("bookstore_facets", {})
    until, values = kept.get(facet, (0.0, []))
    if time.monotonic() >= until:
        values = search.values(facet)
        kept[facet] = (time.monotonic() + REMEMBERED, values)
    return list(values)
