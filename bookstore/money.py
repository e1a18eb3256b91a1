"""Money: US dollars as decimals of two places, never floats."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999999.99")  # far above any order, far below what the database's column holds


def to_money(value: Decimal | int | str) -> Decimal:
    """Return the amount in dollars, rounded half up to the cent.

    Raise `ValueError` for what is not a number, not finite, negative or beyond `MAX_AMOUNT`.
    """
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as failure:
        raise ValueError("not an amount of money") from failure
    if not amount.is_finite() or amount < 0 or amount > MAX_AMOUNT:
        raise ValueError("not an amount of money that the shop takes")
    return abs(amount.quantize(CENT, rounding=ROUND_HALF_UP))  # abs: no customer should read -0.00


def subtotal(lines: Iterable[tuple[Decimal, int]]) -> Decimal:
    """Return the sum of (unit price, quantity) pairs."""
    return sum((price * quantity for price, quantity in lines), start=Decimal("0.00"))


def total(goods: Decimal, delivery: Decimal) -> Decimal:
    """Return what the buyer pays."""
    return goods + delivery
