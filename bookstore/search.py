"""Search: which books have all the terms asked for, found through an index of our own.

A term is a folded word of title or author, or a facet such as `language=es`, which no word can be mistaken for. The
same table answers on SQLite and on MySQL alike, and always through the rarest term, so that a search costs what it
finds and not what the shop holds.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, delete, exists, func, insert, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Join

from bookstore import text
from bookstore.extensions import db
from bookstore.models import Book, BookWord

LONGEST_WORD = 50
MOST_WORDS = 8  # of a query; what follows is ignored
MANY = 10_000  # rows: up to here reading them all and sorting is the fastest, beyond it walking along the sort's index


class OrderedJoin(Join):
    """A join that the database carries out from left to right: it cannot know which term is rare, we do."""

    inherit_cache = True


@compiles(OrderedJoin)
def _ordered_join(join: OrderedJoin, compiler: Any, asfrom: bool = False, **options: Any) -> str:  # noqa: ARG001
    keyword = "STRAIGHT_JOIN" if compiler.dialect.name == "mysql" else "CROSS JOIN"
    left = compiler.process(join.left, asfrom=True, **options)
    right = compiler.process(join.right, asfrom=True, **options)
    return f"{left} {keyword} {right} ON {compiler.process(join.onclause, **options)}"


def words(query: str) -> list[str]:
    """The different words of what somebody typed, in its order."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in text.words(query)))[:MOST_WORDS]


def facets(language: str | None, category: str | None) -> list[str]:
    """The terms of a book's, or of a query's, language and category."""
    named = (("language", language), ("category", category))
    return [f"{name}={value}" for name, value in named if value]


def terms(book: Book) -> set[str]:
    """All that the book is found by."""
    found = {word[:LONGEST_WORD] for word in text.words(f"{book.title} {book.author}")}
    return found | set(facets(book.language, book.category))


def index(books: Sequence[Book]) -> None:
    """Make the books, which have their ids, found by their present terms; within a transaction."""
    forget([book.id for book in books])
    rows = [{"word": term, "book_id": book.id} for book in books for term in sorted(terms(book))]
    if rows:
        db.session.execute(insert(BookWord), rows)


def forget(book_ids: Sequence[int]) -> None:
    """Let the books be found no more; within a transaction."""
    db.session.execute(
        delete(BookWord).where(BookWord.book_id.in_(book_ids)).execution_options(synchronize_session=False)
    )
