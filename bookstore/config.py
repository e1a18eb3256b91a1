"""The application's settings, read once from the environment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import URL

from bookstore.database import DatabaseServer, engine_options

MEBIBYTE = 1024 * 1024
A_WEEK = 7 * 24 * 60  # minutes


class Misconfigured(SystemExit):
    """A wrong setting: ends the process with one line that names the variable and what it may be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs from one deployment of the application to another."""

    secret_key: str = field(repr=False)
    development: bool
    server: DatabaseServer | None
    database_file: Path  # of the embedded SQLite, used when there is no server
    covers: Path
    proxies: int
    order_timeout: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings. Raise `Misconfigured`, which names the first that is wrong."""
        stage = environment.get("FLASK_ENV") or "production"
        if stage not in ("production", "development"):
            raise Misconfigured("FLASK_ENV must be production or development.")
        debugging = environment.get("FLASK_DEBUG", "").casefold() not in ("", "0", "false", "no")
        if debugging and stage == "production":
            raise Misconfigured(
                "FLASK_DEBUG must be 0 in production: its debugger runs the code that a visitor types."
            )
        database_file = Path(environment.get("DATABASE_FILE") or "instance/bookstore.sqlite3").absolute()
        return cls(
            secret_key=_secret_key(environment, development=stage == "development"),
            development=stage == "development",
            server=_server(environment) if environment.get("DB_HOST") else None,
            database_file=database_file,
            covers=Path(environment.get("COVERS_DIR") or database_file.parent / "covers").absolute(),
            proxies=_number(environment, "TRUSTED_PROXIES", default=0, minimum=0, maximum=10),
            order_timeout=timedelta(
                minutes=_number(environment, "ORDER_TIMEOUT_MINUTES", default=15, minimum=1, maximum=A_WEEK)
            ),
        )

    def for_flask(self) -> dict[str, Any]:
        """Return the settings under the names of Flask and its extensions."""
        database = self.server.url if self.server else URL.create("sqlite", database=str(self.database_file))
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": database,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.server),
            "MAX_CONTENT_LENGTH": 6 * MEBIBYTE,  # a cover of 5 MiB and its form
            "MAX_FORM_MEMORY_SIZE": MEBIBYTE // 2,
            "MAX_FORM_PARTS": 100,
            "SESSION_COOKIE_NAME": "session",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
            "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open overnight still works
            "BABEL_DEFAULT_LOCALE": "en",
            "RATELIMIT_ENABLED": True,
        }


def settings() -> Settings:
    """Return the settings of the current application."""
    found: Settings = current_app.extensions["bookstore"]
    return found


def _secret_key(environment: Mapping[str, str], *, development: bool) -> str:
    key = _secret(environment, "SECRET_KEY")
    if not key and development:
        return secrets.token_hex()  # in development it does no harm that sessions end with the process
    if not key:
        raise Misconfigured(
            "SECRET_KEY or SECRET_KEY_FILE must be set to a long random text that nobody else knows."
        )
    if len(key) < 16:
        raise Misconfigured("SECRET_KEY must have at least 16 characters.")
    return key


def _server(environment: Mapping[str, str]) -> DatabaseServer:
    authority = Path(environment["DB_SSL_CA"]) if environment.get("DB_SSL_CA") else None
    if authority and not authority.is_file():
        raise Misconfigured("DB_SSL_CA must be the path of a readable certificate file.")
    return DatabaseServer(
        host=environment["DB_HOST"],
        port=_number(environment, "DB_PORT", default=3306, minimum=1, maximum=65535),
        user=_required(environment, "DB_USER"),
        password=_secret(environment, "DB_PASS"),
        name=_required(environment, "DB_NAME"),
        authority=authority,
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Misconfigured(f"{name} must be set when DB_HOST is.")
    return value


def _secret(environment: Mapping[str, str], name: str) -> str:
    """Return the secret, or the content of the file that NAME_FILE names: process lists do not show it."""
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise Misconfigured(f"{name}_FILE must be the path of a readable text file.") from failure


def _number(environment: Mapping[str, str], name: str, *, default: int, minimum: int, maximum: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        raise Misconfigured(f"{name} must be a whole number from {minimum} to {maximum}.")
    return int(value)
