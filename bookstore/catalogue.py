"""The catalogue: search for the books on sale, and their sellers' changes."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import BinaryIO, cast

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Table, select, update
from sqlalchemy import delete as delete_from

from bookstore import accounts, covers, search
from bookstore.book_fields import MAX_PRICE, BookFields
from bookstore.errors import BookChanged, Invalid, NotAllowed, NotFound
from bookstore.extensions import db
from bookstore.models import Book, CartItem, User, now
from bookstore.paging import MAX_ID, Page, Sorting, page
from bookstore.text import folded
from bookstore.transactions import changed, transaction

FACETS_TTL = 60.0  # seconds that the lists of languages and categories are kept

_books = cast(Table, Book.__table__)


class Sort(StrEnum):
    """An order of the catalogue."""

    NEWEST = "newest"
    TITLE = "title"
    PRICE_LOW = "price-low"
    PRICE_HIGH = "price-high"


@dataclass(frozen=True)
class Query:
    """A search: `text` has words of title or author, `minimum` and `maximum` are prices."""

    text: str = ""
    language: str | None = None
    category: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    in_stock: bool = False
    sort: Sort = Sort.NEWEST


_SORTINGS: dict[Sort, Sorting[Book]] = {
    Sort.NEWEST: Sorting((_books.c.id,), lambda book: [book.id], descending=True),
    Sort.TITLE: Sorting((_books.c.title_key, _books.c.id), lambda book: [book.title_key, book.id]),
    Sort.PRICE_LOW: Sorting((search.CENTS, _books.c.id), lambda book: [int(book.price * 100), book.id]),
    Sort.PRICE_HIGH: Sorting(
        (search.CENTS, _books.c.id), lambda book: [int(book.price * 100), book.id], descending=True
    ),
}


def find(query: Query, cursor: str | None = None, size: int = 24) -> Page[Book]:
    """Return the books on sale that match the whole query."""
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
    """Return the whole rows of the few books that were found."""
    whole = select(Book).where(Book.id.in_(ids))
    books = {book.id: book for book in db.session.scalars(whole)}
    return [books[number] for number in ids if number in books]


def get(book_id: int) -> Book:
    """Return a book on sale. Raise `NotFound`, as for a withdrawn one."""
    found = db.session.get(Book, book_id) if 0 < book_id <= MAX_ID else None
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found


def languages() -> list[str]:
    """Return the languages of the books on sale."""
    return _cached("language")


def categories() -> list[str]:
    """Return the categories of the books on sale."""
    return _cached("category")


def of_seller(seller: User, cursor: str | None = None, size: int = 24) -> Page[Book]:
    """Return the seller's own books on sale, the newest first."""
    own: Select[Book] = select(Book).where(Book.seller_id == seller.id, Book.deleted_at.is_(None))
    return page(own, _SORTINGS[Sort.NEWEST], cursor, size)


def add(seller: User, fields: BookFields, cover: BinaryIO | None = None) -> Book:
    """Put a book on sale. Raise `Invalid`, or `BadCover` for a file that is no picture."""
    checked = fields.checked()
    with _stored(cover) as name:
        return _add(seller, checked, name)


def edit(
    seller: User,
    book_id: int,
    fields: BookFields,
    cover: BinaryIO | None = None,
    *,
    version: str | None = None,
) -> Book:
    """Edit one's book, and its cover if one is given.

    `version` is the one that the seller saw: copies sold since then stay sold, and other changes since
    then are not overwritten. Raise as `add` does, `NotFound`, `NotAllowed` or `BookChanged`.
    """
    own(seller, book_id)  # before the picture is decoded
    checked = fields.checked()
    with _stored(cover) as name:
        book, replaced = _edit(seller, book_id, checked, name, version)
    if replaced:
        covers.remove(replaced)
    return book


@transaction
def delete(seller: User, book_id: int) -> None:
    """Withdraw one's book; orders of it stay as they are. Raise `NotFound` or `NotAllowed`."""
    book = own(seller, book_id, lock=True)
    book.deleted_at = now()
    _forget([book.id])


def withdraw_all(seller: User) -> list[str]:
    """Withdraw every book of a seller who leaves, without cover and description; within a transaction.

    Return the names of the covers, which the caller removes once the transaction is committed.
    """
    on_sale = select(Book.id).where(Book.seller_id == seller.id, Book.deleted_at.is_(None))
    _forget(db.session.scalars(on_sale).all())
    with_cover = select(Book.cover).where(Book.seller_id == seller.id, Book.cover.is_not(None))
    found = [name for name in db.session.scalars(with_cover) if name]
    theirs = update(Book).where(Book.seller_id == seller.id)
    changed(theirs.where(Book.deleted_at.is_(None)).values(deleted_at=now()))
    changed(theirs.values(cover=None, description="", description_es=None))
    return found


def _forget(book_ids: Sequence[int]) -> None:
    """Remove the books from the search index and from all carts."""
    search.forget(book_ids)
    db.session.execute(delete_from(CartItem).where(CartItem.book_id.in_(book_ids)))


def own(seller: User, book_id: int, *, lock: bool = False) -> Book:
    """Return the seller's own book on sale. Raise `NotFound`, or `NotAllowed` when it is another's."""
    book = get(book_id)
    if book.seller_id != seller.id:
        raise NotAllowed(_l("Only the seller of a book may change it."))
    if lock:
        db.session.refresh(book, with_for_update=True)
        if book.deleted_at is not None:
            raise NotFound
    return book


def version(book: Book) -> str:
    """Return what changes whenever a field of the book does: a digest, and the stock by itself."""
    said = [str(getattr(book, field.name)) for field in fields_of(BookFields) if field.name != "stock"]
    return f"{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}.{book.stock}"


def describe(book: Book, fields: BookFields) -> Book:
    """Write the checked fields into the book; the caller then indexes it."""
    for name, value in vars(fields).items():
        setattr(book, name, value)
    book.title_key = title_key(fields.title)
    return book


def title_key(title: str) -> str:
    """Return the key that titles are sorted by, without accents and capitals: É comes with E."""
    return folded(title)[:100].strip()


@transaction
def _add(seller: User, fields: BookFields, cover: str | None) -> Book:
    accounts.lock(seller)
    book = describe(Book(seller_id=seller.id, cover=cover), fields)
    db.session.add(book)
    db.session.flush()
    search.index([book])
    return book


@transaction
def _edit(
    seller: User, book_id: int, fields: BookFields, cover: str | None, version: str | None
) -> tuple[Book, str | None]:
    """Return the changed book, and the name of its former cover if it has a new one."""
    book = own(seller, book_id, lock=True)
    if version is not None:
        fields = _merge(book, fields, version)
    describe(book, fields)
    replaced = book.cover if cover else None
    book.cover = cover or book.cover
    search.index([book])
    return book, replaced


def _merge(book: Book, fields: BookFields, seen: str) -> BookFields:
    """Return the fields to save in the book, whose version `seen` the seller has edited."""
    if seen == version(book):
        return fields
    digest, _, stock = seen.partition(".")
    if digest != version(book).partition(".")[0] or stock != str(fields.stock):
        raise BookChanged
    return replace(
        fields, stock=book.stock
    )  # copies were sold or returned; the seller left their number alone


@contextmanager
def _stored(cover: BinaryIO | None) -> Iterator[str | None]:
    """Store the picture, and remove it again when the block fails."""
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
    """Return a limit of prices in cents, within what a column holds."""
    if price is None:
        return None
    if not price.is_finite():
        raise Invalid(_l("A price must be a number."))
    return int((min(max(price, Decimal(-1)), 2 * MAX_PRICE) * 100).to_integral_value(rounding=rounding))


def _cached(facet: str) -> list[str]:
    kept: dict[str, tuple[float, list[str]]] = current_app.extensions.setdefault("bookstore_facets", {})
    until, values = kept.get(facet, (0.0, []))
    if time.monotonic() >= until:
        values = search.values(facet)
        kept[facet] = (time.monotonic() + FACETS_TTL, values)
    return list(values)
