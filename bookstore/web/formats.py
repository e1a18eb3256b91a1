"""Prices and moments, written the reader's way."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency
from flask import Flask
from flask_babel import format_date, format_time, get_locale, gettext


def money(amount: Decimal) -> str:
    """An amount of US dollars."""
    return _money(amount, str(get_locale()))


@lru_cache(maxsize=4096)
def _money(amount: Decimal, locale: str) -> str:
    return format_currency(amount, "USD", locale=locale)


def day(moment: datetime) -> str:
    """The day of a moment in UTC."""
    return str(format_date(moment, "long"))


def moment(moment: datetime) -> str:
    """A moment to the minute. The server can't know the reader's time zone, so it says which one this is."""
    return str(gettext("%(day)s, %(time)s UTC", day=day(moment), time=format_time(moment, "short")))


def year(number: int) -> str:
    """The year of a first publication; ancient books are from before our era."""
    return str(number) if number > 0 else str(gettext("%(year)d BC", year=-number))


def register(app: Flask) -> None:
    """Give the templates these as filters."""
    for name in (money, day, moment, year):
        app.add_template_filter(name)
