"""Migrations: from nothing to the present tables, and by several instances that start at once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import check, downgrade
from sqlalchemy import inspect, text

import bookstore
from bookstore import create_app, orders
from bookstore.extensions import db
from tests.bookstore.conftest import migrated
from tests.bookstore.mariadb import PATIENCE, MariaDB

PACKAGE = Path(bookstore.__file__).parent
UPGRADE = [sys.executable, "-m", "flask", "--app", "bookstore", "db", "upgrade"]


@pytest.fixture(params=["sqlite", "mariadb"])
def empty(request: pytest.FixtureRequest, bare_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Settings of a shop without tables, on each of the databases in turn."""
    if request.param == "sqlite":
        yield bare_environment
        return
    mariadb: MariaDB = request.getfixturevalue("mariadb")
    mariadb.run("CREATE DATABASE fresh")
    yield bare_environment | mariadb.environment("fresh")
    mariadb.run("DROP DATABASE fresh")


def test_several_instances_that_start_at_once(empty: dict[str, str]) -> None:
    instances = [
        subprocess.Popen(UPGRADE, env=os.environ | empty, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    outputs = [instance.communicate(timeout=PATIENCE)[0].decode() for instance in instances]
    assert [instance.returncode for instance in instances] == [0, 0, 0], outputs
    app = create_app(empty)
    with app.app_context():
        assert len(orders.delivery_providers()) == 4
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say_and_can_be_undone(empty: dict[str, str]) -> None:
    migrated(empty)
    migrated(empty)  # a second time there is nothing to do
    app = create_app(empty)
    with app.app_context():
        check()  # exits when a model and its table differ
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        db.engine.dispose()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "50% off %(here)s"
    shutil.copytree(PACKAGE, folder / "bookstore", ignore=shutil.ignore_patterns("__pycache__"))
    key = {"SECRET_KEY": "a key for tests only"}
    run = subprocess.run(
        UPGRADE, cwd=folder, env=os.environ | key, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert (folder / "instance" / "bookstore.sqlite3").is_file()


def test_a_server_that_does_not_answer_is_one_line(bare_environment: dict[str, str]) -> None:
    nobody = {
        "DB_HOST": "127.0.0.1",
        "DB_PORT": "1",
        "DB_USER": "shop",
        "DB_PASS": "hidden!",
        "DB_NAME": "shop",
    }
    run = subprocess.run(
        UPGRADE, env=os.environ | bare_environment | nobody, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("The database was not migrated.")
    assert "Traceback" not in run.stderr
    assert "hidden!" not in run.stderr


def test_a_shop_without_its_tables_is_not_ready(empty: dict[str, str]) -> None:
    app = create_app(empty)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "unavailable",
        "reason": "the database is not migrated to this version: run db upgrade",
    }
    with app.app_context():
        db.engine.dispose()
