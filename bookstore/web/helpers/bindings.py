"""Drawn covers for books without a picture: the cloth, the ornament and the size of the title."""

from flask import Flask

from bookstore.models import Book

CLOTHS = 12
PLATES = 6


def binding(book: Book) -> str:
    """Return the CSS classes of a book's binding: the same each time, and different for neighbours."""
    cloth = book.id * 5 % CLOTHS
    plate = (book.id + book.id // CLOTHS) % PLATES
    return f"cloth-{cloth} plate-{plate} title-{title_size(book.title)}"


def title_size(title: str) -> int:
    """Return the size of type from 1 (largest) to 5 at which the title fits on the cover."""
    longest = max((len(word) for word in title.split()), default=0)
    by_word = sum(longest > limit for limit in (6, 8, 10, 12))
    by_length = sum(len(title) > limit for limit in (16, 28, 48, 80))
    return 1 + max(by_word, by_length)


def register(app: Flask) -> None:
    """Add the global `binding`."""
    app.jinja_env.globals["binding"] = binding
