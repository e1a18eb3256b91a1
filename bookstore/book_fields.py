"""The fields of a book on sale and their validation."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from bookstore.errors import Invalid
from bookstore.money import to_money
from bookstore.text import line, paragraphs

MIN_PRICE, MAX_PRICE = Decimal("0.01"), Decimal("99999.99")
MAX_STOCK = 1_000_000  # copies of one book on sale
MIN_YEAR = -3000

_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class BookFields:
    """What a seller says of a book, before or after `checked`."""

    title: str
    author: str
    year: int | None  # of first publication, negative for BC
    language: str  # ISO 639-1, of the edition sold
    category: str | None
    description: str
    price: Decimal  # US dollars
    stock: int  # copies
    description_es: str | None = None

    def checked(self) -> "BookFields":
        """Return the fields, tidied. Raise `Invalid`, with `field` set, for the first that is not valid."""
        kept: dict[str, Any] = {}
        for field in fields(self):
            try:
                kept[field.name] = _CHECKS[field.name](getattr(self, field.name))
            except Invalid as refusal:
                refusal.field = field.name
                raise
        return BookFields(**kept)


def _year(value: int | None) -> int | None:
    if value is not None and not MIN_YEAR <= value <= date.today().year + 1:
        raise Invalid(_l("The year must be between %(first)d and next year.", first=MIN_YEAR))
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise Invalid(_l("The language must be a code of two letters, such as en or es."))
    return value


def _price(value: Decimal) -> Decimal:
    try:
        price = to_money(value)
    except ValueError:
        price = Decimal(0)
    if not MIN_PRICE <= price <= MAX_PRICE:
        raise Invalid(_l("The price must be between 0.01 and 99,999.99 dollars."))
    return price


def _stock(value: int) -> int:
    if not 0 <= value <= MAX_STOCK:
        raise Invalid(_l("The stock must be between 0 and 1,000,000 copies."))
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": lambda value: line(value, _l("Title"), 200),
    "author": lambda value: line(value, _l("Author"), 200),
    "year": _year,
    "language": _language,
    "category": lambda value: line(value, _l("Category"), 40) if value else None,
    "description": lambda value: paragraphs(value, _l("Description"), 5000),
    "price": _price,
    "stock": _stock,
    "description_es": lambda value: paragraphs(value, _l("Description"), 5000) if value else None,
}
