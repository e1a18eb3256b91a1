"""Processes killed amid purchases leave no half order behind and lose no copy."""

import json
import os
import signal
import subprocess
import sys

from sqlalchemy import func, select

from bookstore.extensions import db
from bookstore.models import Book, CartItem, Order, OrderLine, User
from bookstore.transactions import transaction
from tests.bookstore.conftest import Shop
from tests.bookstore.mariadb import eventually

COPIES, WORKERS, BOOKS = 1000, 3, 3

# Buys without end, all the books at once; says so once it has begun.
WORKER = """
import json, os, sys
from bookstore import carts, create_app, orders
from bookstore.extensions import db
from bookstore.models import User
buyer, books = json.loads(sys.argv[1])
app = create_app()
with app.app_context():
    who = db.session.get_one(User, buyer)
    for number in range(10**6):
        for book in books:
            carts.add(who, book, 1)
        orders.place(who, orders.Address("A", "B", "C", "D"), 1, f"{os.getpid()}-order-{number}")
        if number == 2:
            print("buying", flush=True)
"""


def test_killed_amid_purchases(shop: Shop, environment: dict[str, str]) -> None:
    books = [shop.book(title=f"Volume {number}", stock=COPIES).id for number in range(BOOKS)]
    buyers = [shop.member(name).id for name in ("ana", "ben", "cleo")]
    db.session.remove()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, json.dumps([buyer, books])],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
        )
        for buyer in buyers
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"buying\n"
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        for worker in workers:
            worker.communicate()

    def settled() -> bool:
        """Whether the database has undone what the killed were in the middle of."""
        db.session.rollback()
        locked = select(User.id).with_for_update()
        return len(db.session.scalars(locked).all()) > len(buyers)

    eventually(settled, "the killed workers' transactions are undone")
    db.session.rollback()
    bought = db.session.scalar(select(func.count()).select_from(Order)) or 0
    assert bought >= 3 * WORKERS
    for book in db.session.scalars(select(Book).where(Book.id.in_(books))):
        sold = db.session.scalar(select(func.sum(OrderLine.quantity)).where(OrderLine.book_id == book.id))
        assert (book.stock + int(sold or 0), sold) == (COPIES, bought)
    for order in db.session.scalars(select(Order)):
        assert len(order.lines) == BOOKS
        assert order.subtotal == sum(line.total for line in order.lines)

    @transaction
    def carts_still_work() -> int:
        return len(db.session.scalars(select(CartItem).with_for_update()).all())

    assert carts_still_work() <= WORKERS * BOOKS
    assert shop.order(db.session.get_one(User, buyers[0]), db.session.get_one(Book, books[0])).id
