"""The loader of the catalogue, run as its Job runs it, against a real server."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pymysql
import pytest

import sockshop
from tests.bookstore.mariadb import MariaDB

HERE = Path(sockshop.__file__).parent
PASSWORD = 'it\'s "quoted"; \\ and $HOME'
# What the service asks, as its source has it.
LIST = (
    "SELECT sock.sock_id AS id, sock.name, sock.description, sock.price, sock.count, sock.image_url_1, "
    "sock.image_url_2, GROUP_CONCAT(tag.name) AS tag_name FROM sock "
    "JOIN sock_tag ON sock.sock_id=sock_tag.sock_id JOIN tag ON sock_tag.tag_id=tag.tag_id GROUP BY id"
)


def load(server: MariaDB, password: str = PASSWORD, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run the loader."""
    settings = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(server.port),
        "DATABASE_USER": "shop",
        "DATABASE_PASSWORD": server.password,
        "CATALOGUE_PASSWORD": password,
        "TRIES": "1",
    }
    return subprocess.run(
        ["sh", str(HERE / "load-socks.sh"), str(HERE / "socks.sql")],
        env={**os.environ, **settings, **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def ask(server: MariaDB, question: str, password: str = PASSWORD) -> list[tuple[Any, ...]]:
    """Ask as the catalogue does."""
    connection = pymysql.connect(
        host="127.0.0.1", port=server.port, user="catalogue_user", password=password, database="socksdb"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


@pytest.fixture
def loaded(mariadb: MariaDB) -> MariaDB:
    """The server with the catalogue loaded once, afresh."""
    mariadb.run("DROP DATABASE IF EXISTS socksdb", "DROP USER IF EXISTS catalogue_user")
    done = load(mariadb)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "The catalogue has 10 socks.\n"
    return mariadb


def test_the_service_finds_its_socks(loaded: MariaDB) -> None:
    socks = ask(loaded, LIST)
    assert len(socks) == 10
    assert all(3 <= len(sock[1]) <= 20 and sock[3] > 0 and sock[7] for sock in socks)
    assert all(image.startswith("/catalogue/images/") for sock in socks for image in sock[5:7])


def test_loading_twice_changes_nothing(loaded: MariaDB) -> None:
    tables = [f"SELECT * FROM {table} ORDER BY 1, 2" for table in ("sock", "tag", "sock_tag")]
    before = [ask(loaded, table) for table in tables]
    done = load(loaded)
    assert done.returncode == 0, done.stderr
    assert [ask(loaded, table) for table in tables] == before


def test_what_the_owner_changed_stays(loaded: MariaDB) -> None:
    loaded.run("UPDATE socksdb.sock SET price = 5, count = 7 WHERE name = 'Classic'")
    assert load(loaded).returncode == 0
    assert ask(loaded, "SELECT price, count FROM sock WHERE name = 'Classic'") == [(5.0, 7)]


def test_a_new_password_takes_effect(loaded: MariaDB) -> None:
    assert load(loaded, "another").returncode == 0
    assert len(ask(loaded, LIST, "another")) == 10
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        ask(loaded, LIST)


def test_the_service_only_reads_and_signs_in_as_its_driver_can(loaded: MariaDB) -> None:
    with pytest.raises(pymysql.err.OperationalError, match="command denied"):
        ask(loaded, "UPDATE sock SET price = 0")
    with loaded.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT plugin FROM mysql.user WHERE user = 'catalogue_user'")
        assert cursor.fetchall() == (("mysql_native_password",),)


def test_a_server_that_lets_nobody_in_is_named(mariadb: MariaDB) -> None:
    done = load(mariadb, DATABASE_PASSWORD="wrong")
    assert done.returncode == 1
    assert "shop cannot sign in to 127.0.0.1" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
