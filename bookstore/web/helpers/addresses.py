"""The shop's URLs: the converter of ids, and the address of the page at hand."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map


class IdentifierConverter(IntegerConverter):
    """The id of a book or an order; an id that the database cannot hold is not found."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def here() -> str:
    """Return the address to open this page again: for a form that was sent, the one that shows it."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return "/"
    return request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path


def register(app: Flask) -> None:
    """Add the converter of `<id:book_id>` and the global `here`."""
    app.url_map.converters["id"] = IdentifierConverter
    app.jinja_env.globals["here"] = here
