"""Settings: a wrong one ends the start with one line that names it."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bookstore import create_app
from bookstore.config import Misconfigured, Settings

KEY = {"SECRET_KEY": "a key for tests only"}
SERVER = {"DB_HOST": "db", "DB_USER": "shop", "DB_PASS": "p@ss/word", "DB_NAME": "shop"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="DATABASE_FILE"):
        create_app(KEY | {"DATABASE_FILE": str(tmp_path / "file" / "bookstore.sqlite3")})


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE"),
        (KEY | {"FLASK_ENV": "testing"}, "FLASK_ENV"),
        (KEY | {"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        (KEY | {"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        (KEY | {"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES"),
        (KEY | {"TRUSTED_PROXIES": "11"}, "TRUSTED_PROXIES"),
        (KEY | {"ORDER_TIMEOUT_MINUTES": "0"}, "ORDER_TIMEOUT_MINUTES"),
        (KEY | {"ORDER_TIMEOUT_MINUTES": "1.5"}, "ORDER_TIMEOUT_MINUTES"),
        (KEY | SERVER | {"DB_PORT": "70000"}, "DB_PORT"),
        (KEY | SERVER | {"DB_USER": ""}, "DB_USER"),
        (KEY | SERVER | {"DB_NAME": ""}, "DB_NAME"),
        (KEY | SERVER | {"DB_PASS_FILE": "/nowhere/pass"}, "DB_PASS_FILE"),
        (KEY | SERVER | {"DB_SSL_CA": "/nowhere/ca.pem"}, "DB_SSL_CA"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(environment: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured) as failure:
        create_app(environment)
    message = str(failure.value)
    assert message.startswith(named)
    assert "\n" not in message


def test_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment(KEY)
    assert not settings.development
    assert settings.server is None
    assert settings.database_file == tmp_path / "instance/bookstore.sqlite3"
    assert settings.covers == tmp_path / "instance/covers"
    assert (settings.proxies, settings.order_timeout) == (0, timedelta(minutes=15))


def test_secrets_come_from_files_and_stay_out_of_sight(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key out of a file\n")
    (tmp_path / "pass").write_text("p@ss/word\n")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DB_PASS_FILE": str(tmp_path / "pass")}
    settings = Settings.from_environment({name: SERVER[name] for name in SERVER if name != "DB_PASS"} | files)
    assert settings.secret_key == "a key out of a file"
    assert settings.server is not None
    assert settings.server.url.password == "p@ss/word"
    assert "p@ss/word" not in f"{settings} {settings.server} {settings.server.url}"
    assert "a key out of a file" not in str(settings)


def test_a_place_to_develop_needs_no_key_and_never_has_the_same() -> None:
    keys = {Settings.from_environment({"FLASK_ENV": "development"}).secret_key for _ in range(2)}
    assert len(keys) == 2
    assert min(map(len, keys)) >= 32


def test_the_command_line_shows_the_line_and_no_traceback(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "FLASK_ENV")}
    run = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "bookstore", "catalogue", "load"],
        env=clean,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("SECRET_KEY")
    assert len(run.stderr.splitlines()) == 1


def test_the_debugger_is_off(sqlite: dict[str, str]) -> None:
    assert create_app(sqlite).debug is False
