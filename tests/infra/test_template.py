"""Configuration files are rendered strictly."""

import configparser
from pathlib import Path

import pytest

from infra.apps.bookstore.local.supervisor import TEMPLATE, Supervisor
from infra.components.local.template import render

VALUES = dict.fromkeys(("checkout", "pid_file", "manager_log", "socket", "log", "command"), "x")


def test_each_variable_is_filled() -> None:
    assert "$" not in render(TEMPLATE, VALUES)


@pytest.mark.parametrize("wrong", [{"more": "x"}, {"log": None}])
def test_a_variable_too_many_or_too_few_is_refused(wrong: dict[str, str | None]) -> None:
    values = {name: value for name, value in (VALUES | wrong).items() if value is not None}
    with pytest.raises(ValueError, match=r"supervisord\.conf\.template takes"):
        render(TEMPLATE, values)


def test_a_percent_sign_in_a_path_reaches_supervisord_as_it_is() -> None:
    parsed = configparser.ConfigParser(defaults={})
    parsed.read_string(Supervisor(Path("/srv/100% books")).render(Path("/home/100%")))
    assert parsed["supervisord"]["directory"] == "/home/100%"
    assert "/srv/100% books/run/gunicorn.conf.py" in parsed["program:gunicorn"]["command"]


def test_the_socket_path_is_short_however_long_the_data_directory_is() -> None:
    deep = Supervisor(Path("/srv", *["a-very-long-directory-name"] * 20))
    assert len(str(deep.socket)) < len(str(deep.data)) // 4
    assert deep.socket != Supervisor(deep.data / "other").socket
