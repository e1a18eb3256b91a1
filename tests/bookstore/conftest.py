"""A shop to test, on SQLite and on a MariaDB server of our own; each test finds it freshly opened."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from bookstore import accounts, carts, catalogue, create_app, orders
from bookstore.book_fields import BookFields
from bookstore.extensions import db
from bookstore.models import Book, Order, Role, User
from bookstore.orders import Address
from tests.bookstore.mariadb import MariaDB

PASSWORD = "correct horse"
ADDRESS = Address("Ana Gómez", "Calle 10 # 5-51", "Medellín", "CO")


def migrated(environment: dict[str, str]) -> None:
    """Bring the environment's database to the present version."""
    app = create_app(environment)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """The server, started when the first test asks for it; one for each worker of pytest-xdist."""
    # Not below pytest's own folder: the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="mariadb-"))
    server = MariaDB(folder)
    try:
        server.install()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy, which is faster than to migrate each."""
    file = tmp_path_factory.mktemp("template") / "bookstore.sqlite3"
    migrated({"SECRET_KEY": "a key for tests only", "DATABASE_FILE": str(file)})
    return file


@pytest.fixture(scope="session")
def mariadb_shop(mariadb: MariaDB) -> str:
    """The name of a migrated database on the server."""
    mariadb.run("CREATE DATABASE shop")
    migrated({"SECRET_KEY": "a key for tests only", **mariadb.environment("shop")})
    return "shop"


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a shop on SQLite that is not migrated yet."""
    return {
        "SECRET_KEY": "a key for tests only",
        "DATABASE_FILE": str(tmp_path / "bookstore.sqlite3"),
        "COVERS_DIR": str(tmp_path / "covers"),
    }


@pytest.fixture
def sqlite(bare_environment: dict[str, str], sqlite_template: Path) -> dict[str, str]:
    """Settings of a freshly opened shop on SQLite."""
    shutil.copyfile(sqlite_template, bare_environment["DATABASE_FILE"])
    return bare_environment


@pytest.fixture
def server(bare_environment: dict[str, str], mariadb: MariaDB, mariadb_shop: str) -> dict[str, str]:
    """Settings of a freshly opened shop on MariaDB."""
    tables = ("payments", "order_lines", "orders", "cart_items", "book_words", "books", "users")
    mariadb.run(
        *(f"DELETE FROM {mariadb_shop}.{table}" for table in tables),
        f"UPDATE {mariadb_shop}.delivery_providers SET active = TRUE",
    )
    return bare_environment | mariadb.environment(mariadb_shop)


@pytest.fixture(params=["sqlite", "mariadb"])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of a freshly opened shop, on each of the databases in turn."""
    name = "sqlite" if request.param == "sqlite" else "server"
    settings: dict[str, str] = request.getfixturevalue(name)
    return settings


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    """The application, on each of the databases in turn."""
    yield from running(environment)


@pytest.fixture
def sqlite_app(sqlite: dict[str, str]) -> Iterator[Flask]:
    """The application on SQLite, for what has nothing to do with the database."""
    yield from running(sqlite)


def running(environment: dict[str, str]) -> Iterator[Flask]:
    app = create_app(environment)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    """A visitor of the shop on SQLite."""
    return sqlite_app.test_client()


@dataclass
class Shop:
    """What the tests of the core do again and again; within an application context."""

    app: Flask

    def member(self, name: str = "ana") -> User:
        # The hash is made once a run: what takes long about a password is not what most tests are about.
        return accounts._open(name.title(), f"{name}@example.com", _hash(), Role.MEMBER)

    def book(self, seller: User | None = None, **values: Any) -> Book:
        fields: dict[str, Any] = {
            "title": "Ficciones",
            "author": "Jorge Luis Borges",
            "year": 1944,
            "language": "es",
            "category": "fiction",
            "description": "Labyrinths.",
            "price": Decimal("12.50"),
            "stock": 5,
        }
        return catalogue.add(seller or accounts.house(), BookFields(**fields | values))

    def order(self, buyer: User, *books: Book, quantity: int = 1, key: str = "") -> Order:
        for book in books:
            carts.add(buyer, book.id, quantity)
        provider = orders.delivery_providers()[0]
        return orders.place(buyer, ADDRESS, provider.id, key or secrets.token_hex(8))

    def stock(self, book: Book) -> int:
        db.session.rollback()
        db.session.refresh(book)
        return book.stock


_HASHES: list[str] = []


def _hash() -> str:
    if not _HASHES:
        _HASHES.append(accounts._hash(PASSWORD))
    return _HASHES[0]


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    """The shop's core, on each of the databases in turn."""
    with app.app_context():
        yield Shop(app)


@pytest.fixture
def sqlite_shop(sqlite_app: Flask) -> Iterator[Shop]:
    """The shop's core on SQLite."""
    with sqlite_app.app_context():
        yield Shop(sqlite_app)
