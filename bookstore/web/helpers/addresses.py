"""The shop's URLs: the converter of ids, the arguments that pages know, the address of this page."""

from typing import Any

from flask import Flask, request, url_for
from werkzeug.routing import IntegerConverter, Map

# Everything in a URL's query that the public pages depend on. Anything else is ignored and never shown: those
# pages are cached, and what one visitor's URL says must not reach another's page.
ARGUMENTS: dict[str, frozenset[str]] = {
    "home.home": frozenset(),
    "book.show": frozenset(),
    "browse.catalogue": frozenset({"q", "language", "category", "min", "max", "in_stock", "sort", "cursor"}),
}


class IdentifierConverter(IntegerConverter):
    """The id of a book or an order; an id that the database cannot hold is not found."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def arguments() -> dict[str, str]:
    """Return the query arguments that the page depends on, by name; of several values the first counts."""
    known = ARGUMENTS.get(request.endpoint or "", frozenset())
    return {name: request.args[name] for name in sorted(known) if name in request.args}


def here() -> str:
    """Return the address to open this page again: for a form that was sent, the one that shows it."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return "/"
    if request.endpoint in ARGUMENTS:
        values: dict[str, Any] = {**(request.view_args or {}), **arguments()}
        return url_for(request.endpoint, **values)
    return request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path


def register(app: Flask) -> None:
    """Add the converter of `<id:book_id>` and the global `here`."""
    app.url_map.converters["id"] = IdentifierConverter
    app.jinja_env.globals["here"] = here
