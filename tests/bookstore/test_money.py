"""Money: exact to the cent, whatever comes in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bookstore.columns import Money
from bookstore.money import CENT, MAX_AMOUNT, subtotal, to_money, total

AMOUNTS = st.decimals(0, MAX_AMOUNT, places=2)


@given(st.decimals(0, MAX_AMOUNT, allow_nan=False))
def test_every_amount_becomes_whole_cents_at_most_half_a_cent_away(value: Decimal) -> None:
    amount = to_money(value)
    assert amount.as_tuple().exponent == -2
    assert abs(amount - value) <= CENT / 2


@pytest.mark.parametrize(
    ("typed", "amount"), [("0.005", "0.01"), ("0.004", "0.00"), ("-0", "0.00"), ("7", "7.00")]
)
def test_halves_round_up(typed: str, amount: str) -> None:
    assert str(to_money(typed)) == amount


@given(
    st.one_of(
        st.decimals(max_value=Decimal("-0.001"), allow_nan=False),
        st.sampled_from([Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]),
        st.decimals(min_value=MAX_AMOUNT + 1, allow_nan=False),
    )
)
def test_what_is_no_amount_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="amount"):
        to_money(value)


@pytest.mark.parametrize("value", ["", "NaN", "inf", "-1", "1,50", "twelve", "0x10", "1e999999"])
def test_what_people_type_wrong_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        to_money(value)


@given(st.lists(st.tuples(AMOUNTS, st.integers(1, 1000)), max_size=20), AMOUNTS)
def test_sums_lose_no_cent(lines: list[tuple[Decimal, int]], delivery: Decimal) -> None:
    cents = sum(int(price * 100) * quantity for price, quantity in lines)
    assert total(subtotal(lines), delivery) * 100 == cents + int(delivery * 100)


@given(AMOUNTS)
def test_the_database_keeps_every_cent(amount: Decimal) -> None:
    column, dialect = Money(), sqlite.dialect()
    cents = column.process_bind_param(amount, dialect)
    assert isinstance(cents, int)
    assert column.process_result_value(cents, dialect) == amount


def test_the_database_takes_no_fraction_of_a_cent() -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        Money().process_bind_param(Decimal("0.001"), sqlite.dialect())
