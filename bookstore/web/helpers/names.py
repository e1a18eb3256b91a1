"""The names, in the reader's language, of what the database keeps as a code."""

from functools import cache

from babel import Locale
from flask import Flask
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from bookstore.models import OrderStatus
from bookstore.text import folded

STATUSES: dict[OrderStatus, LazyString] = {
    OrderStatus.PENDING: _l("Pending payment"),
    OrderStatus.PAID: _l("Paid"),
    OrderStatus.SHIPPED: _l("Shipped"),
    OrderStatus.DELIVERED: _l("Delivered"),
    OrderStatus.CANCELLED: _l("Cancelled"),
    OrderStatus.EXPIRED: _l("Expired"),
}
CATEGORIES: dict[str, LazyString] = {
    "adventure": _l("Adventure"),
    "art": _l("Art"),
    "biography": _l("Biography"),
    "children": _l("For children"),
    "drama": _l("Drama"),
    "essay": _l("Essays"),
    "fantasy": _l("Fantasy"),
    "history": _l("History"),
    "horror": _l("Horror"),
    "humour": _l("Humour"),
    "memoir": _l("Memoirs"),
    "mystery": _l("Mystery"),
    "novel": _l("Novels"),
    "philosophy": _l("Philosophy"),
    "poetry": _l("Poetry"),
    "religion": _l("Religion"),
    "romance": _l("Romance"),
    "science": _l("Science"),
    "science-fiction": _l("Science fiction"),
    "short-stories": _l("Short stories"),
    "travel": _l("Travel"),
}
METHODS: dict[str, LazyString] = {
    "card": _l("Card"),
    "transfer": _l("Bank transfer"),
    "cash": _l("Cash on delivery"),
}
# The languages that the form of a book lists; a book in another one shows its name all the same.
LANGUAGES = (
    "ca",
    "de",
    "en",
    "es",
    "eu",
    "fr",
    "gl",
    "it",
    "la",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "zh",
    "ja",
    "ar",
)

# Codes of two letters by which Babel names groups of countries, made-up places and the unknown.
NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")


def locale() -> Locale:
    """Return the reader's locale."""
    return get_locale() or Locale("en")


def status_name(status: OrderStatus) -> str:
    """Return the name of an order's status."""
    return str(STATUSES[status])


def category_name(category: str) -> str:
    """Return the name of a category, or the code itself, tidied, where it has none."""
    return str(CATEGORIES.get(category) or category.replace("-", " ").capitalize())


def method_name(method: str) -> str:
    """Return the name of a payment method."""
    return str(METHODS.get(method, method))


def language_name(code: str) -> str:
    """Return the name of a language by its ISO 639-1 code."""
    name = str(locale().languages.get(code, code))
    return name[:1].upper() + name[1:]


def country_name(code: str) -> str:
    """Return the name of a country by its ISO 3166-1 code, or the text itself where it is no code."""
    return str(locale().territories.get(code, code))


def by_name(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (code, name) pairs sorted by name, where É stands with E."""
    return sorted(pairs, key=lambda pair: folded(pair[1]))


def countries() -> list[tuple[str, str]]:
    """Return every country as (ISO 3166-1 code, name), sorted by name."""
    return _countries(str(locale()))


@cache
def _countries(identifier: str) -> list[tuple[str, str]]:
    names = Locale.parse(identifier).territories
    # The letters X and Z begin codes that stand for no country; EU, EZ, UN and QO are groups of them.
    return by_name(
        [(code, name) for code, name in names.items() if len(code) == 2 and code not in NO_COUNTRIES]
    )


def register(app: Flask) -> None:
    """Add the names as filters."""
    for name in (status_name, category_name, method_name, language_name, country_name):
        app.add_template_filter(name)
