"""Transactions: whole or not at all, tried again when the database asks for it."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from bookstore.errors import NotFound
from bookstore.extensions import db
from bookstore.models import User
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
