"""Transactions: whole or not at all, tried again when the database asks for it."""

import threading

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from bookstore import carts, editions
from bookstore.errors import NotFound
from bookstore.extensions import db
from bookstore.models import Book, User
from bookstore.transactions import transaction
from tests.bookstore.conftest import Shop, running
from tests.bookstore.mariadb import PATIENCE


@transaction
def rename(user_id: int, name: str) -> None:
    db.session.execute(update(User).where(User.id == user_id).values(name=name))


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(User.name).order_by(User.id)))


def test_what_fails_leaves_nothing(shop: Shop) -> None:
    ana, ben = shop.member("ana").id, shop.member("ben").id

    @transaction
    def half() -> None:
        rename(ana, "Anna")  # a transaction within is part of the whole
        rename(ben, "Benno")
        raise NotFound

    with pytest.raises(NotFound):
        half()
    assert names() == ["Ana", "Ben"]
    rename(ana, "Anna")
    assert names() == ["Anna", "Ben"]


def test_nothing_is_changed_outside_of_one(shop: Shop) -> None:
    ana = shop.member("ana")
    ana.name = "Anna"
    with pytest.raises(RuntimeError):
        db.session.commit()
    db.session.rollback()
    ana.name = "Anna"
    with pytest.raises(RuntimeError):
        rename(ana.id, "Anne")
    assert names() == ["Ana"]


def test_a_deadlock_is_resolved_by_trying_again(server: dict[str, str]) -> None:
    for app in running(server):
        _deadlock(app)


def _deadlock(app: Flask) -> None:
    with app.app_context():
        ana, ben = Shop(app).member("ana").id, Shop(app).member("ben").id
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []
    failures: list[BaseException] = []

    def cross(first: int, second: int, name: str) -> None:
        @transaction
        def rename_both() -> None:
            attempts.append(name)
            rename(first, name)
            if attempts.count(name) == 1:
                both_hold_one.wait(PATIENCE)
            rename(second, name)

        with app.app_context():
            try:
                rename_both()
            except BaseException as failure:
                failures.append(failure)

    threads = [
        threading.Thread(target=cross, args=(ana, ben, "Forth")),
        threading.Thread(target=cross, args=(ben, ana, "Back")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert sorted(attempts) in (["Back", "Back", "Forth"], ["Back", "Forth", "Forth"])
    with app.app_context():
        assert names() in (["Forth", "Forth"], ["Back", "Back"])


def test_a_failure_that_stays_is_shown_and_not_tried_for_ever(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import DBAPIError

    attempts: list[int] = []

    @transaction
    def hopeless() -> None:
        attempts.append(1)
        db.session.execute(text("SELECT nonsense"))

    with pytest.raises(DBAPIError):
        hopeless()
    assert len(attempts) == 1


def test_a_row_handed_in_is_the_databases_present_one(shop: Shop) -> None:
    ana = shop.member("ana")
    assert ana.name == "Ana"  # read before another session changes it
    with db.engine.begin() as elsewhere:
        elsewhere.execute(update(User).values(name="Anna"))

    @transaction
    def name_of(user: User) -> str:
        return str(user.__dict__["name"])  # as the decorator read it, before the function asks

    assert name_of(ana) == "Anna"


def test_a_row_handed_in_that_is_gone_is_not_found(shop: Shop) -> None:
    ana = shop.member("ana")
    assert ana.name == "Ana"
    with db.engine.begin() as elsewhere:
        elsewhere.execute(delete(User))

    @transaction
    def never(user: User) -> None:
        raise AssertionError("there is nobody to do it for")

    with pytest.raises(NotFound):
        never(ana)


def test_a_new_edition_begins_when_books_changed_and_only_then(shop: Shop) -> None:
    ana, book = shop.member("ana"), shop.book(stock=2)
    before = editions.current()
    carts.add(ana, book.id, 1)
    rename(ana.id, "Anna")
    assert editions.current() is before
    shop.order(ana)
    assert editions.current() is not before

    @transaction
    def undone() -> None:
        db.session.get_one(Book, book.id).title = "El Aleph"
        db.session.flush()
        raise NotFound

    before = editions.current()
    with pytest.raises(NotFound):
        undone()
    rename(ana.id, "Ana")
    assert editions.current() is before
