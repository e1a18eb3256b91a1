"""A person at the shop's pages, who follows forms the way a browser does."""

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
        """Somebody new, who signs in as `name` if that is given."""
        visitor = cls(app.test_client())
        if name:
            answer = visitor.post("/login", email=f"{name}@example.com", password=PASSWORD)
            assert answer.status_code == 302, answer.text
        return visitor

    def get(self, path: str, **options: Any) -> TestResponse:
        return apart(lambda: self.client.get(path, **options))

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with this person's own token."""
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
        """The hidden key of a form that must not count twice."""
        found = KEY.search(self.get(path).text)
        assert found
        return found[1]


def apart(request: Callable[[], TestResponse]) -> TestResponse:
    """Make a request outside the application context that the test is in, which it would take for its own."""
    return Context().run(request)


def fresh() -> scoped_session[Session]:
    """The test's own session, which sees what the requests before have changed."""
    db.session.rollback()
    return db.session
