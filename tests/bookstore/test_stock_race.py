"""Many buyers at once: each copy is sold once, each order paid once, each overdue copy returned once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from bookstore import carts, orders
from bookstore.errors import OutOfStock
from bookstore.extensions import db
from bookstore.models import CartItem, Order, Payment, User, now
from bookstore.transactions import transaction
from tests.bookstore.conftest import ADDRESS, Shop
from tests.bookstore.mariadb import PATIENCE


def all_at_once(app: Flask, *attempts: Callable[[], str]) -> Counter[str]:
    """Run the attempts in a thread each, started together; how often each outcome came about."""
    gate = threading.Barrier(len(attempts))
    outcomes: list[str] = []

    def attempt(run: Callable[[], str]) -> None:
        gate.wait(PATIENCE)
        with app.app_context():
            try:
                outcomes.append(run())
            except Exception as failure:
                outcomes.append(repr(failure))

    threads = [threading.Thread(target=attempt, args=(run,)) for run in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return Counter(outcomes)


@transaction
def crowd(count: int, book_id: int) -> list[int]:
    """Members with a copy of the book in the cart of each."""
    members = [User(name=f"m{n}", email=f"m{n}@example.com", password_hash="!") for n in range(count)]
    db.session.add_all(members)
    db.session.flush()
    db.session.add_all(CartItem(user_id=member.id, book_id=book_id, quantity=1) for member in members)
    return [member.id for member in members]


def test_two_hundred_buyers_of_the_last_fifty_copies(shop: Shop) -> None:
    book = shop.book(stock=50)
    buyers = crowd(200, book.id)

    def buy(number: int) -> Callable[[], str]:
        def run() -> str:
            try:
                orders.place(db.session.get_one(User, number), ADDRESS, 1, f"order-of-{number}")
            except OutOfStock:
                return "refused"
            return "sold"

        return run

    assert all_at_once(shop.app, *map(buy, buyers)) == {"sold": 50, "refused": 150}
    assert shop.stock(book) == 0
    assert db.session.scalar(select(func.count()).select_from(Order)) == 50


def test_opposite_carts_do_not_stop_each_other(shop: Shop) -> None:
    first, second = shop.book(stock=100), shop.book(title="El Aleph", stock=100)
    buyers = crowd(20, first.id)

    @transaction
    def also_the_second() -> None:
        db.session.add_all(CartItem(user_id=one, book_id=second.id, quantity=1) for one in buyers)

    also_the_second()

    def buy(number: int) -> Callable[[], str]:
        def run() -> str:
            orders.place(db.session.get_one(User, number), ADDRESS, 1, f"order-of-{number}")
            return "sold"

        return run

    assert all_at_once(shop.app, *map(buy, buyers)) == {"sold": 20}
    assert (shop.stock(first), shop.stock(second)) == (80, 80)


def test_one_form_sent_by_ten_impatient_clicks_is_one_order_and_one_payment(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    carts.add(ana, book.id, 1)
    number = ana.id

    def place() -> str:
        return str(orders.place(db.session.get_one(User, number), ADDRESS, 1, "form-0001").id)

    placed = all_at_once(shop.app, *[place] * 10)
    assert len(placed) == 1, placed
    order_id = int(next(iter(placed)))

    def pay(key: str) -> Callable[[], str]:
        return lambda: str(orders.pay(db.session.get_one(User, number), order_id, "card", key).id)

    paid = all_at_once(shop.app, *[pay("payment-1")] * 5, *[pay(f"payment-{n}") for n in range(5)])
    assert len(paid) == 1, paid
    assert shop.stock(book) == 4
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


def test_overdue_copies_are_returned_once_however_many_look(shop: Shop) -> None:
    ana, book = shop.member(), shop.book(stock=20)
    for _ in range(10):
        shop.order(ana, book)

    @transaction
    def let_time_pass() -> None:
        db.session.execute(update(Order).values(expires_at=now() - timedelta(seconds=1)))

    let_time_pass()
    counted = all_at_once(shop.app, *[lambda: str(orders.expire_overdue())] * 8)
    assert sum(int(count) * times for count, times in counted.items()) == 10
    assert shop.stock(book) == 20


def test_paying_and_cancelling_at_once_do_one_of_them(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    number = ana.id
    order_id = shop.order(ana, book).id

    def pay() -> str:
        orders.pay(db.session.get_one(User, number), order_id, "card", "payment-1")
        return "paid"

    def cancel() -> str:
        orders.cancel(db.session.get_one(User, number), order_id)
        return "cancelled"

    outcomes = all_at_once(shop.app, pay, cancel)
    assert sorted(outcomes) in (["IllegalTransition()", "paid"], ["IllegalTransition()", "cancelled"])
    assert shop.stock(book) == (5 if "cancelled" in outcomes else 4)
