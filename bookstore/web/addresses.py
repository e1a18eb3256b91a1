"""How the shop's addresses are written, and where a visitor is in it."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map


class IdentifierConverter(IntegerConverter):
    """The number of a book or an order; what the database could not hold is simply not found."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def here() -> str:
    """The address to open this page by again: for a form that was sent, the one that shows it."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return "/"
    return request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path


def register(app: Flask) -> None:
    """Let routes say `<id:book_id>`."""
    app.url_map.converters["id"] = IdentifierConverter
    app.jinja_env.globals["here"] = here
