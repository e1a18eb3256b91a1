"""Prices and moments, written the reader's way."""

from datetime import datetime
from decimal import Decimal

from flask import Flask
from flask_babel import format_currency, format_date, format_time, gettext


def money(amount: Decimal) -> str:
    """An amount of US dollars."""
    return str(format_currency(amount, "USD"))


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
