"""The generated covers of books without a picture: which cloth, which ornament and what size of title."""

from flask import Flask

from bookstore.models import Book

CLOTHS = 12
PLATES = 6


def binding(book: Book) -> str:
    """The style classes of a book's binding: always the same for one book, and never alike on neighbours."""
    cloth = book.id * 5 % CLOTHS
    plate = (book.id + book.id // CLOTHS) % PLATES
    return f"cloth-{cloth} plate-{plate} title-{title_size(book.title)}"


def title_size(title: str) -> int:
    """From 1, the largest type, to 5: what lets the longest word and the whole title fit on the cover."""
    longest = max((len(word) for word in title.split()), default=0)
    by_word = sum(longest > limit for limit in (6, 8, 10, 12))
    by_length = sum(len(title) > limit for limit in (16, 28, 48, 80))
    return 1 + max(by_word, by_length)


def register(app: Flask) -> None:
    """Give the templates `binding`."""
    app.jinja_env.globals["binding"] = binding
