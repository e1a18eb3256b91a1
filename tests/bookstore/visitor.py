"""A visitor of the shop, who submits forms as a browser does."""

import re
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from bookstore.extensions import db
from tests.bookstore.conftest import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
KEY = re.compile(r'name="key"[^>]* value="([^"]+)"')


@dataclass
class Visitor:
    client: FlaskClient

    @classmethod
    def of(cls, app: Flask, name: str = "") -> "Visitor":
        """Return a new visitor, signed in as `name` if one is given."""
        visitor = cls(app.test_client())
        if name:
            answer = visitor.post("/login", email=f"{name}@example.com", password=PASSWORD)
            assert answer.status_code == 302, answer.text
        return visitor

    def get(self, path: str, **options: Any) -> TestResponse:
        return apart(lambda: self.client.get(path, **options))

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with this visitor's own token."""
        return self.send(path, {"csrf_token": self.token(), **fields})

    def send(self, path: str, fields: dict[str, Any]) -> TestResponse:
        """Send a form exactly as given."""
        return apart(lambda: self.client.post(path, data=fields))

    def token(self) -> str:
        # Whoever is signed in is sent on from /login; their token is in the form to sign out on every page.
        page = self.get("/login", follow_redirects=True).text
        found = TOKEN.search(page)
        assert found, page
        return found[1]

    def key(self, path: str) -> str:
        """Return the hidden key of a form that must not count twice."""
        found = KEY.search(self.get(path).text)
        assert found
        return found[1]


def apart(request: Callable[[], TestResponse]) -> TestResponse:
    """Send a request outside the test's own application context, which it would use otherwise."""
    return Context().run(request)


def fresh() -> scoped_session[Session]:
    """Return the test's own session, which sees the changes of earlier requests."""
    db.session.rollback()
    return db.session
