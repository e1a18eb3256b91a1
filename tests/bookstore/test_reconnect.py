"""A database server that restarts costs the shop no more than the time it is away."""

from flask import Flask
from sqlalchemy import text

from bookstore import carts, orders
from bookstore.extensions import db
from bookstore.transactions import transaction
from tests.bookstore.conftest import Shop, running
from tests.bookstore.mariadb import MariaDB


def test_the_shop_goes_on_after_the_server_restarted(mariadb: MariaDB, server: dict[str, str]) -> None:
    for app in running(server):
        _goes_on(app, mariadb)


def _goes_on(app: Flask, mariadb: MariaDB) -> None:
    with app.app_context():
        shop = Shop(app)
        ana, book = shop.member(), shop.book()
        carts.add(ana, book.id, 1)
        order = shop.order(ana)
        book_number, visitor = book.id, app.test_client()
        db.session.commit()
        mariadb.stop()
        try:
            answer = visitor.get("/readyz")
            assert (answer.status_code, answer.json) == (
                503,
                {"status": "unavailable", "reason": "the database cannot be reached"},
            )
            assert visitor.get("/healthz").status_code == 200
            for path in (f"/book/{book_number}", "/api/books"):
                answer = visitor.get(path)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
                assert "database does not answer" in answer.text
        finally:
            mariadb.start()
        db.session.remove()
        assert visitor.get("/readyz").status_code == 200
        with app.app_context():
            ana, order = db.session.merge(ana, load=False), db.session.merge(order, load=False)
            assert orders.pay(ana, order.id, "card", "payment-1").amount == order.total


def test_a_connection_lost_in_a_transaction_is_made_anew(mariadb: MariaDB, server: dict[str, str]) -> None:
    attempts: list[int] = []

    @transaction
    def interrupted() -> int:
        connection = db.session.scalar(text("SELECT CONNECTION_ID()"))
        attempts.append(connection)
        if len(attempts) == 1:
            mariadb.run(f"KILL {connection}")
        return int(db.session.scalar(text("SELECT 42")) or 0)

    for app in running(server):
        with app.app_context():
            assert interrupted() == 42
    assert len(set(attempts)) == 2
