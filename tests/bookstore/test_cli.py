"""The commands."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from bookstore import accounts, catalogue, stock_list
from bookstore.catalogue import Query
from bookstore.extensions import db
from bookstore.models import Book
from tests.bookstore.conftest import Shop, running

HEADER = "title,author,year,language,price,stock,description_en,description_es,category\n"
ODYSSEY = "Odyssey,Homer,-700,en,9.99,7,A long way home.,Un largo regreso.,poetry\n"
QUIXOTE = (
    'Don Quijote,Miguel de Cervantes,1605,es,12.00,3,"A knight, and his squire.",Un caballero.,fiction\n'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text(HEADER + ODYSSEY + QUIXOTE, encoding="utf-8")
    return path


def run(app: Flask, *command: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(command), input=typed)


def test_the_catalogue_is_loaded_and_loaded_again(shop: Shop, file: Path) -> None:
    first = run(shop.app, "catalogue", "load", str(file))
    assert (first.exit_code, first.output) == (0, "2 books added, 0 updated.\n")
    book = catalogue.find(Query(text="odyssey homer")).items[0]
    assert (book.year, book.price, book.stock, book.seller.name) == (-700, Decimal("9.99"), 7, "BookStore")
    assert (book.description, book.description_es, book.category) == (
        "A long way home.",
        "Un largo regreso.",
        "poetry",
    )
    shop.order(shop.member(), book, quantity=2)
    file.write_text(HEADER + ODYSSEY.replace("9.99", "10.99") + QUIXOTE)
    again = run(shop.app, "catalogue", "load", str(file))
    assert (again.exit_code, again.output) == (0, "0 books added, 2 updated.\n")
    db.session.expire_all()
    book = catalogue.find(Query(text="odyssey")).items[0]
    assert (book.price, book.stock) == (Decimal("10.99"), 5)  # what was sold is not put back
    assert db.session.scalar(select(func.count()).select_from(Book)) == 2


def test_a_members_book_of_the_same_name_is_left_alone(sqlite_shop: Shop, file: Path) -> None:
    ana = sqlite_shop.member()
    own = sqlite_shop.book(ana, title="Odyssey", author="Homer", language="en", price=Decimal(1)).id
    assert run(sqlite_shop.app, "catalogue", "load", str(file)).output == "2 books added, 0 updated.\n"
    assert catalogue.get(own).price == Decimal(1)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (",Homer,-700,en,9.99,7,A.,Un.,poetry\n", "line 3, column title"),
        ("Iliad,,-700,en,9.99,7,A.,Un.,poetry\n", "line 3, column author"),
        ("Iliad,Homer,long ago,en,9.99,7,A.,Un.,poetry\n", "line 3, column year"),
        ("Iliad,Homer,-700,english,9.99,7,A.,Un.,poetry\n", "line 3, column language"),
        ("Iliad,Homer,-700,en,NaN,7,A.,Un.,poetry\n", "line 3, column price"),
        ("Iliad,Homer,-700,en,-1,7,A.,Un.,poetry\n", "line 3, column price"),
        ("Iliad,Homer,-700,en,free,7,A.,Un.,poetry\n", "line 3, column price"),
        ("Iliad,Homer,-700,en,9.99,-1,A.,Un.,poetry\n", "line 3, column stock"),
        ("Iliad,Homer,-700,en,9.99,7,,Un.,poetry\n", "line 3, column description_en"),
        ("Iliad,Homer,-700,en,9.99\n", "line 3, column stock"),
        ("Iliad,Homer,-700,en,9.99,7,A.,Un.,poetry,more\n", "line 3, column 10"),
        (ODYSSEY, "line 3, column title"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(
    sqlite_shop: Shop, file: Path, line: str, named: str
) -> None:
    file.write_text(HEADER + ODYSSEY + line)
    result = run(sqlite_shop.app, "catalogue", "load", str(file))
    assert result.exit_code == 1
    assert named in result.output
    assert len(result.output.splitlines()) == 1
    assert catalogue.find(Query()).items == []


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "title"),
        (b"title,author\n", "year"),
        (b"\xff\xfe\x00", "UTF-8"),
        (HEADER.encode() + b'"open', "line"),
    ],
)
def test_a_file_that_is_no_list_of_books(sqlite_shop: Shop, file: Path, content: bytes, named: str) -> None:
    file.write_bytes(content)
    result = run(sqlite_shop.app, "catalogue", "load", str(file))
    assert (result.exit_code, named in result.output) == (1, True), result.output


def test_a_file_that_is_not_there(sqlite_shop: Shop) -> None:
    result = run(sqlite_shop.app, "catalogue", "load", "nowhere.csv")
    assert (result.exit_code, "nowhere.csv" in result.output) == (1, True)


def test_a_database_without_tables(bare_environment: dict[str, str]) -> None:
    for app in running(bare_environment):
        result = run(app, "catalogue", "load")
        assert (result.exit_code, "db upgrade" in result.output) == (1, True)
        assert len(result.output.splitlines()) == 1


def test_the_bundled_catalogue_is_sound_and_outgrows_a_batch(
    sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_list, "BATCH", 50)
    result = run(sqlite_shop.app, "catalogue", "load")
    assert result.exit_code == 0, result.output
    assert int(result.output.split()[0]) > 50


def test_the_demonstration_accounts(shop: Shop) -> None:
    passwords = {"buyer": "buyer-pass", "seller": "seller-pass", "administrator": "admin-pass"}
    for _ in range(2):
        result = run(shop.app, "accounts", "demo", typed=json.dumps(passwords))
        assert result.exit_code == 0, result.output
        assert not any(password in result.output for password in passwords.values())
    for who, password in passwords.items():
        user = accounts.authenticate(f"{who}@bookstore.example", password)
        assert user is not None
        assert user.is_administrator is (who == "administrator")
    run(shop.app, "accounts", "demo", typed='{"buyer": "another-pass"}')
    assert accounts.authenticate("buyer@bookstore.example", "buyer-pass") is None
    assert accounts.authenticate("buyer@bookstore.example", "another-pass") is not None


@pytest.mark.parametrize("typed", ["", "nonsense", "[]", '{"king": "password"}', '{"buyer": "short"}'])
def test_bad_demonstration_accounts(sqlite_shop: Shop, typed: str) -> None:
    result = run(sqlite_shop.app, "accounts", "demo", typed=typed)
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1), result.output


def test_an_account_becomes_an_administrators(sqlite_shop: Shop) -> None:
    ana = sqlite_shop.member("ana")
    assert run(sqlite_shop.app, "accounts", "administrator", "Ana@example.com").exit_code == 0
    db.session.refresh(ana)
    assert ana.is_administrator
    result = run(sqlite_shop.app, "accounts", "administrator", "nobody@example.com")
    assert (result.exit_code, result.output) == (1, "Error: There is no account with this e-mail address.\n")
