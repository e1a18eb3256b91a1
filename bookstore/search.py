"""Search: books that have all terms of a query, found through an index of our own.

A term is a folded word of title or author, or a facet such as `language=es`, which no word can be.
The same table serves SQLite and MySQL, always through the rarest term, so that a search costs what it finds
and not what the shop holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    true,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import Join

from bookstore import text
from bookstore.extensions import db
from bookstore.models import Book, BookWord
from bookstore.paging import SortColumn

MAX_WORD_LENGTH = 50
MAX_QUERY_WORDS = 8  # of a query; further ones are ignored
_books = cast(Table, Book.__table__)
_words = cast(Table, BookWord.__table__)
CENTS = type_coerce(_books.c.price, BigInteger)  # the price as stored, and as cursors hold it
# Up to so many rows it is fastest to read them all and sort, beyond it to follow the index of the sort.
MANY = 2_000


class OrderedJoin(Join):
    """A join that the database must perform from left to right: it does not know which term is rare."""

    inherit_cache = True


@compiles(OrderedJoin)
def _ordered_join(join: OrderedJoin, compiler: Any, asfrom: bool = False, **options: Any) -> str:  # noqa: ARG001
    keyword = "STRAIGHT_JOIN" if compiler.dialect.name == "mysql" else "CROSS JOIN"
    left = compiler.process(join.left, asfrom=True, **options)
    right = compiler.process(join.right, asfrom=True, **options)
    return f"{left} {keyword} {right} ON {compiler.process(join.onclause, **options)}"


def words(query: str) -> list[str]:
    """Return the distinct words of a query, in order."""
    return list(dict.fromkeys(word[:MAX_WORD_LENGTH] for word in text.words(query)))[:MAX_QUERY_WORDS]


def facets(language: str | None, category: str | None) -> list[str]:
    """Return the terms of a language and a category."""
    named = (("language", language), ("category", category))
    return [f"{name}={value}" for name, value in named if value]


def terms(book: Book) -> set[str]:
    """Return all terms of a book."""
    found = {word[:MAX_WORD_LENGTH] for word in text.words(f"{book.title} {book.author}")}
    return found | set(facets(book.language, book.category))


def index(books: Sequence[Book]) -> None:
    """Index the books, which have their ids, by their present terms; within a transaction."""
    forget([book.id for book in books])
    rows = [{"word": term, "book_id": book.id} for book in books for term in sorted(terms(book))]
    if rows:
        db.session.execute(insert(BookWord), rows)


def forget(book_ids: Sequence[int]) -> None:
    """Remove the books from the index; within a transaction."""
    db.session.execute(
        delete(BookWord).where(BookWord.book_id.in_(book_ids)).execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Prices:
    """A range of prices in cents; either end may be open."""

    low: int | None
    high: int | None

    def hold(self, cents: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition that a price is in the range."""
        above = cents >= self.low if self.low is not None else true()
        return and_(above, cents <= self.high) if self.high is not None else above


def candidates(
    wanted: Sequence[str], prices: Prices | None, columns: Sequence[SortColumn]
) -> tuple[Select[int], list[SortColumn]] | None:
    """Select the ids of the books on sale that have all the terms `wanted` and one of the `prices`.

    They will be sorted by `columns`, the id last. Return the statement and the same columns as it reads them
    best, or None when no book has one of the terms or such a price.
    """
    ranked = len(columns) > 1
    only_way = not ranked and prices is None and len(wanted) < 2
    sizes = [MANY] * len(wanted) if only_way else _sizes(wanted, prices)
    if 0 in sizes:
        return None
    by_size = sorted(zip(sizes, wanted, strict=False))
    entries = [(term, _words.alias(f"word_{place}")) for place, (_, term) in enumerate(by_size)]
    rarest = by_size[0][0] if by_size else MANY
    by_price = columns[0] is CENTS
    # Withdrawn books have no terms; checking the book itself, too, would cost more than all the rest.
    chosen = select(_books.c.id) if wanted else select(_books.c.id).where(_books.c.deleted_at.is_(None))
    source: FromClause = _books
    book_id: ColumnElement[int] = _books.c.id
    if prices is not None and not by_price and sizes[-1] < rarest:
        chosen = chosen.where(prices.hold(CENTS))
        columns = [_unindexed(column) for column in columns]
    else:
        if prices is not None:
            chosen = chosen.where(prices.hold(CENTS if by_price else _unindexed(CENTS)))
        if entries and (rarest < MANY or not ranked):
            (term, source), *entries = entries
            book_id = source.c.book_id
            chosen = chosen.where(source.c.word == term)
            columns = [*columns[:-1], book_id]
    for term, entry in entries:
        source = OrderedJoin(source, entry, and_(entry.c.word == term, entry.c.book_id == book_id))
    if book_id is not _books.c.id:
        source = OrderedJoin(source, _books, _books.c.id == book_id)
    return chosen.select_from(source), list(columns)


def _unindexed(column: SortColumn) -> ColumnElement[Any]:
    """Return the same value in a form that no index has: the database then uses the index we mean."""
    return func.coalesce(column, column, type_=column.type)


def _sizes(wanted: Sequence[str], prices: Prices | None) -> list[int]:
    """Return how many entries each term, and last the prices, have, counted up to `MANY`."""
    counted = [select(_words.c.book_id).where(_words.c.word == term) for term in wanted]
    if prices is not None:
        counted.append(select(_books.c.id).where(prices.hold(CENTS)))
    if not counted:
        return []
    sizes = [
        select(func.count()).select_from(rows.limit(MANY).subquery()).scalar_subquery() for rows in counted
    ]
    return list(db.session.execute(select(*sizes)).one())


def values(facet: str) -> list[str]:
    """Return all values of a facet, sorted, reading one entry for each."""
    found: list[str] = []
    last, end = f"{facet}=", f"{facet}>"  # what follows = in the alphabet
    while True:
        following = select(func.min(_words.c.word)).where(_words.c.word > last, _words.c.word < end)
        last = db.session.scalar(following) or ""
        if not last:
            return found
        found.append(last.partition("=")[2])
