"""Health: the process lives, the database answers, its tables are of this version."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from bookstore.extensions import db
from bookstore.transactions import transaction


def test_the_process_lives(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok", "text/plain")


def test_a_migrated_shop_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_a_shop_of_another_version_is_not(app: Flask) -> None:
    @transaction
    def mark(version: str) -> None:
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})

    with app.app_context():
        mark("0000")
    try:
        answer = app.test_client().get("/readyz")
    finally:
        with app.app_context():
            mark("0001")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "db upgrade" in answer.json["reason"]


def test_a_database_that_cannot_be_opened(sqlite_app: Flask, sqlite: dict[str, str]) -> None:
    from pathlib import Path

    file = Path(sqlite["DATABASE_FILE"])
    file.unlink()
    file.mkdir()
    answer = sqlite_app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "reason": "the database cannot be reached"}
    assert str(file) not in answer.text
