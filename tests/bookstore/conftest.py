"""A shop to test, on SQLite and on a MariaDB server of our own; each test finds it freshly opened."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymysql
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from bookstore import accounts, cart, catalogue, create_app, orders
from bookstore.catalogue import BookFields
from bookstore.extensions import db
from bookstore.models import Book, Order, Role, User
from bookstore.orders import Address

PATIENCE = 120.0  # seconds; generous, for a machine under load
PASSWORD = "correct horse"
ADDRESS = Address("Ana Gómez", "Calle 10 # 5-51", "Medellín", "Colombia")


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.05)


@dataclass
class MariaDB:
    """A database server of our own: own files, own port, stopped by its own process id."""

    folder: Path
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    process: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        owner = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(
            [
                _program("mariadb-install-db"),
                "--no-defaults",
                f"--datadir={self.folder}/data",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *owner,
            ],
            check=True,
            capture_output=True,
        )
        (self.folder / "first.sql").write_text(
            f"CREATE USER shop@127.0.0.1 IDENTIFIED BY '{self.password}';\n"
            "GRANT ALL ON *.* TO shop@127.0.0.1;\n"  # one statement a line
        )

    def start(self) -> None:
        """Start on a free port, or again on the same one."""
        for _ in range(
            5
        ):  # another program may take the port between our asking for one and the server's using it
            port = self.port or _free_port()
            if self._started(port):
                self.port = port
                return
        raise AssertionError((self.folder / "log").read_text()[-4000:])

    def _started(self, port: int) -> bool:
        owner = ["--user=root"] if os.geteuid() == 0 else []
        first = [] if self.port else [f"--init-file={self.folder}/first.sql"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    _program("mariadbd"),
                    "--no-defaults",
                    f"--datadir={self.folder}/data",
                    f"--socket={self.folder}/socket",
                    f"--pid-file={self.folder}/pid",
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--max-connections=400",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-log-file-size=16M",
                    "--innodb-flush-log-at-trx-commit=2",
                    "--character-set-server=latin1",  # the shop must ask for UTF-8 itself
                    *owner,
                    *first,
                ],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            try:
                self.connect(port).close()
            except pymysql.err.OperationalError:
                assert time.monotonic() < until, (self.folder / "log").read_text()[-4000:]
                time.sleep(0.05)
            else:
                return True
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE)
            self.process = None

    def connect(self, port: int = 0) -> "pymysql.Connection[Any]":
        return pymysql.connect(
            host="127.0.0.1", port=port or self.port, user="shop", password=self.password, autocommit=True
        )

    def run(self, *statements: str) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def environment(self, name: str) -> dict[str, str]:
        return {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self.port),
            "DB_USER": "shop",
            "DB_PASS": self.password,
            "DB_NAME": name,
        }


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is missing: install the package mariadb-server"
    return found


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port


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
            cart.add(buyer, book.id, quantity)
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
