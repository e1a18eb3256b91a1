"""Money: US dollars as decimals of two places, never floats."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999.99")  # far above any order, far below what the database's column holds


def to_money(value: Decimal | int | str) -> Decimal:
    """The amount in dollars, rounded half up to the cent.

    Raises `ValueError` for what is not a number, not finite, negative or beyond `LARGEST`.
    """
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as failure:
        raise ValueError("not an amount of money") from failure
    if not amount.is_finite() or amount < 0 or amount > LARGEST:
        raise ValueError("not an amount of money that the shop takes")
    return abs(amount.quantize(CENT, rounding=ROUND_HALF_UP))  # abs: no customer should read -0.00


def subtotal(lines: Iterable[tuple[Decimal, int]]) -> Decimal:
    """What the (unit price, quantity) pairs cost together."""
    return sum((price * quantity for price, quantity in lines), start=Decimal("0.00"))


def total(goods: Decimal, delivery: Decimal) -> Decimal:
    """What the buyer pays."""
    return goods + delivery
