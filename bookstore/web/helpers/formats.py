"""Prices and dates in the reader's language."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency
from flask import Flask
from flask_babel import format_date, format_time, get_locale, gettext


def money(amount: Decimal) -> str:
    """Return an amount of US dollars."""
    return _money(amount, str(get_locale()))


@lru_cache(maxsize=4096)
def _money(amount: Decimal, locale: str) -> str:
    return format_currency(amount, "USD", locale=locale)


def day(moment: datetime) -> str:
    """Return the day of a moment, in UTC."""
    return str(format_date(moment, "long"))


def moment(moment: datetime) -> str:
    """Return a moment to the minute, in UTC and saying so: the server cannot know the reader's time zone."""
    return str(gettext("%(day)s, %(time)s UTC", day=day(moment), time=format_time(moment, "short")))


def year(number: int) -> str:
    """Return the year of a first publication; negative years are BC."""
    return str(number) if number > 0 else str(gettext("%(year)d BC", year=-number))


def register(app: Flask) -> None:
    """Add the filters."""
    for name in (money, day, moment, year):
        app.add_template_filter(name)
