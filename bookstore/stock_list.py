"""The CSV file of the shop's own books."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import TextIO

from sqlalchemy import select, tuple_

from bookstore import accounts, catalogue, search
from bookstore.book_fields import BookFields
from bookstore.errors import Invalid
from bookstore.extensions import db
from bookstore.models import Book, User
from bookstore.transactions import transaction

BUNDLED = Path(__file__).with_name("catalogue.csv")
COLUMNS = (
    "title", "author", "year", "language", "price", "stock", "description_en", "description_es", "category",
)  # fmt: skip
BATCH = 500  # rows in memory at a time


class BadStockList(Exception):  # noqa: N818
    """The file is not valid; the message names line, column and problem."""


@dataclass(frozen=True)
class Loaded:
    """How many books were added and how many updated."""

    added: int
    updated: int


@transaction
def load(file: Path) -> Loaded:
    """Put the file's books on sale by the house, all or none.

    A book that the house sells already (same title, author and language) is updated but keeps its stock, as
    copies may have been sold since. Raise `BadStockList`.
    """
    house = accounts.house()
    added = updated = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = _rows(stream)
            while batch := list(islice(rows, BATCH)):
                known = _keep(house, batch)
                updated += known
                added += len(batch) - known
    except (OSError, UnicodeDecodeError) as failure:
        raise BadStockList(f"{file}: not a readable file of UTF-8 text") from failure
    return Loaded(added, updated)


def _keep(house: User, batch: Sequence[BookFields]) -> int:
    """Add or update the books and return how many the house sold already."""
    sold = select(Book).where(
        Book.seller_id == house.id,
        Book.deleted_at.is_(None),
        tuple_(Book.title_key, Book.title).in_(
            [(catalogue.title_key(row.title), row.title) for row in batch]
        ),
    )
    known = {(book.title, book.author, book.language): book for book in db.session.scalars(sold)}
    books: list[Book] = []
    for row in batch:
        book = known.get((row.title, row.author, row.language))
        stock = row.stock if book is None else book.stock
        book = catalogue.describe(book or Book(seller_id=house.id), row)
        book.stock = stock
        books.append(book)
    db.session.add_all(books)
    db.session.flush()
    search.index(books)
    db.session.expunge_all()
    return sum((row.title, row.author, row.language) in known for row in batch)


def _rows(stream: TextIO) -> Iterator[BookFields]:
    reader = csv.DictReader(stream, strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadStockList(f"line 1: column {missing[0]} is missing")
        first_at: dict[tuple[str, str, str], int] = {}
        for row in reader:
            fields = _fields(row, reader.line_num)
            key = (fields.title, fields.author, fields.language)
            if key in first_at:
                raise BadStockList(
                    f"line {reader.line_num}, column title: the same book as on line {first_at[key]}"
                )
            first_at[key] = reader.line_num
            yield fields
    except csv.Error as failure:
        raise BadStockList(f"line {reader.line_num}: {failure}") from failure


def _fields(row: dict[str, str], number: int) -> BookFields:
    """Return a row's book. Raise `BadStockList` for the first column that is not valid."""

    def bad(name: str | None, why: object) -> BadStockList:
        return BadStockList(f"line {number}, column {name}: {why}")

    def whole(name: str) -> int:
        try:
            return int(row[name])
        except ValueError as failure:
            raise bad(name, "not a whole number") from failure

    for name in COLUMNS:
        if row[name] is None:  # csv.DictReader fills short rows with None
            raise bad(name, "missing")
    if None in row:
        raise bad(str(len(row)), "more values than the header names columns")
    try:
        price = Decimal(row["price"])
    except InvalidOperation as failure:
        raise bad("price", "not a price") from failure
    fields = BookFields(
        title=row["title"],
        author=row["author"],
        year=whole("year") if row["year"] else None,
        language=row["language"],
        category=row["category"],
        description=row["description_en"],
        price=price,
        stock=whole("stock"),
        description_es=row["description_es"],
    )
    try:
        return fields.checked()
    except Invalid as refusal:
        raise bad("description_en" if refusal.field == "description" else refusal.field, refusal) from refusal
