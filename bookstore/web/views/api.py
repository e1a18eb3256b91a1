"""The read-only JSON API of the catalogue."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from bookstore import catalogue
from bookstore.models import Book
from bookstore.web.views.browse import Filters

blueprint = Blueprint("api", __name__, url_prefix="/api")
DESCRIPTION = Path(__file__).with_name("openapi.json")


@blueprint.get("/books")
def books() -> Response:
    """Return one page of the catalogue; takes the same filters as the HTML page."""
    filters = Filters(request.args)
    if not filters.validate():
        return _wrong(filters)
    page = catalogue.find(filters.query(), cursor=request.args.get("cursor"))
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if value and name in filters}

    def address(cursor: str | None) -> str | None:
        return cursor and url_for(".books", **asked, cursor=cursor)

    return jsonify(
        items=[_as_data(book) for book in page.items],
        next=address(page.next),
        previous=address(page.previous),
    )


@blueprint.get("/books/<id:book_id>")
def book(book_id: int) -> Response:
    """Return one book."""
    return jsonify(_as_data(catalogue.get(book_id)))


@blueprint.get("/openapi.json")
def description() -> Response:
    """Return the description of this API in OpenAPI 3.1."""
    return jsonify(_description())


@cache
def _description() -> Any:
    return json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def _as_data(book: Book) -> dict[str, Any]:
    descriptions = {"en": book.description, "es": book.description_es}
    return {
        "id": book.id,
        "title": book.title,
        "author": book.author,
        "year": book.year,
        "language": book.language,
        "category": book.category,
        "descriptions": {language: words for language, words in descriptions.items() if words},
        "price": {"amount": str(book.price), "currency": "USD"},
        "stock": book.stock,
        "cover": url_for("cover.picture", name=book.cover) if book.cover else None,
        "page": url_for("book.show", book_id=book.id),
    }


def _wrong(filters: Filters) -> Response:
    errors = {name: [str(message) for message in messages] for name, messages in filters.errors.items()}
    answer = jsonify(type="about:blank", title="Bad Request", status=400, errors=errors)
    answer.status_code, answer.mimetype = 400, "application/problem+json"
    return answer
