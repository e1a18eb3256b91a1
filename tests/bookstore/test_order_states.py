"""An order's life, in every succession of events that hypothesis thinks of."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import update

from bookstore import create_app, orders
from bookstore.errors import IllegalTransition, OutOfStock, Refused
from bookstore.extensions import db
from bookstore.models import Book, Order, OrderStatus, User, now
from bookstore.transactions import transaction
from tests.bookstore.conftest import Shop

COPIES = 3
HOLDING = {OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED}
PENDING, PAID, SHIPPED = OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.SHIPPED


def test_nothing_follows_a_final_state_and_everything_is_reached_from_the_first() -> None:
    reached, following = set(), {PENDING}
    while following:
        reached |= following
        following = {after for state in following for after in orders.TRANSITIONS.get(state, ())} - reached
    assert reached == set(OrderStatus)
    final = set(OrderStatus) - orders.TRANSITIONS.keys()
    assert final == {OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.EXPIRED}


class Life(RuleBasedStateMachine):
    """Orders of one book; `expected` is what we say their states must be."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        file = self.folder / "bookstore.sqlite3"
        shutil.copyfile(self.template, file)
        self.app = create_app({"SECRET_KEY": "a key for tests only", "DATABASE_FILE": str(file)})
        self.context = self.app.app_context()
        self.context.push()
        self.shop = Shop(self.app)
        self.buyer = self.shop.member().id
        self.book = self.shop.book(stock=COPIES).id
        self.order = 0
        self.expected: dict[int, OrderStatus] = {}

    def teardown(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        shutil.rmtree(self.folder)

    @property
    def who(self) -> User:
        return db.session.get_one(User, self.buyer)

    def attempt(self, change: Callable[[], object], allowed: OrderStatus, after: OrderStatus) -> None:
        """Do it to the latest order: it must work from the one state, and from no other."""
        before = self.expected.get(self.order)
        try:
            change()
        except IllegalTransition:
            assert before is not allowed
        except Refused:
            assert before is None
        else:
            assert before is allowed
            self.expected[self.order] = after

    @rule()
    def place(self) -> None:
        try:
            order = self.shop.order(self.who, db.session.get_one(Book, self.book))
        except OutOfStock:
            assert sum(status in HOLDING for status in self.expected.values()) == COPIES
        else:
            self.order = order.id
            self.expected[order.id] = PENDING

    @rule()
    def pay(self) -> None:
        paid = {PAID, SHIPPED, OrderStatus.DELIVERED}
        if self.expected.get(self.order) in paid:
            payment = orders.pay(self.who, self.order, "card", f"payment-again-{self.order}")
            assert payment.order_id == self.order
            return
        self.attempt(lambda: orders.pay(self.who, self.order, "card", f"payment-{self.order}"), PENDING, PAID)

    @rule()
    def cancel(self) -> None:
        self.attempt(lambda: orders.cancel(self.who, self.order), PENDING, OrderStatus.CANCELLED)

    @rule()
    def choose_delivery(self) -> None:
        self.attempt(lambda: orders.choose_delivery(self.who, self.order, 2), PENDING, PENDING)

    @rule()
    def ship(self) -> None:
        self.attempt(lambda: orders.ship(self.order), PAID, SHIPPED)

    @rule()
    def deliver(self) -> None:
        self.attempt(lambda: orders.deliver(self.order), SHIPPED, OrderStatus.DELIVERED)

    @rule()
    def run_out_of_time(self) -> None:
        @transaction
        def let_time_pass() -> None:
            db.session.execute(update(Order).values(expires_at=now() - timedelta(seconds=1)))

        let_time_pass()
        pending = [number for number, status in self.expected.items() if status is PENDING]
        assert orders.expire_overdue() == len(pending)
        self.expected |= dict.fromkeys(pending, OrderStatus.EXPIRED)

    @invariant()
    def every_copy_is_in_stock_or_in_one_order(self) -> None:
        held = sum(status in HOLDING for status in self.expected.values())
        assert db.session.get_one(Book, self.book, populate_existing=True).stock == COPIES - held

    @invariant()
    def states_are_as_expected_and_what_is_paid_has_its_payment(self) -> None:
        for number, status in self.expected.items():
            order = orders.get(self.who, number)
            assert order.status is status
            paid = status in {PAID, SHIPPED, OrderStatus.DELIVERED}
            assert (order.payment is not None, order.paid_at is not None) == (paid, paid)
            assert order.payment is None or order.payment.amount == order.total


def test_an_orders_life(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Life, "template", sqlite_template, raising=False)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
