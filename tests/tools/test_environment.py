"""What a target needs is set up once, and what cannot be set up is named with its remedy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.conftest import program
from tools import environment
from tools.errors import UserError

ROOT = Path(environment.ROOT)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose virtual environment notes how its Python is called."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    program(tmp_path / ".venv" / "bin" / "python", f'#!/bin/sh\necho "$@" >> {tmp_path / "calls"}\n')
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no program at all."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(environment, "SYSTEM_PROGRAMS", ())


def test_packages_are_installed_once_and_again_when_the_versions_change(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.install_packages("infra,dev")
    assert re.fullmatch(
        r"Installing the Python packages \(infra, dev\) \.\.\. \d+ s\n", capsys.readouterr().out
    )
    environment.install_packages("infra,dev")
    environment.install_packages("infra")
    assert capsys.readouterr().out == ""
    assert (checkout / "calls").read_text().count("-c constraints.txt -e .[infra,dev]") == 1
    (checkout / "constraints.txt").write_text("other versions")
    environment.install_packages("infra")
    assert "-e .[infra]" in (checkout / "calls").read_text()


def test_packages_that_cannot_be_installed_are_not_taken_for_installed(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    program(python, '#!/bin/sh\n[ "$3" = --version ] || { echo no such version; exit 1; }\n')
    for _ in range(2):
        with pytest.raises(UserError, match=r"no such version\n  Remedy: see whether the network"):
            environment.install_packages("infra")


def test_a_virtual_environment_that_was_made_without_pip_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    monkeypatch.setattr(environment, "VENV", made)
    environment.add_pip()
    assert capsys.readouterr().out.startswith("Adding pip to .venv, which was made without it ... ")
    subprocess.run([made / "bin" / "python", "-m", "pip", "--version"], capture_output=True, check=True)
    environment.add_pip()
    assert capsys.readouterr().out == ""


def test_a_virtual_environment_that_cannot_get_pip_is_to_be_made_anew(checkout: Path) -> None:
    program(checkout / ".venv" / "bin" / "python", '#!/bin/sh\necho "No module named $2"; exit 1\n')
    with pytest.raises(UserError, match=r"No module named ensurepip\n  Remedy: remove \.venv"):
        environment.install_packages("infra")


@pytest.mark.usefixtures("bare")
def test_missing_programs_are_named_with_the_command_for_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "makes_machines", lambda: True)
    with pytest.raises(UserError) as missing:
        environment.install_programs(tuple(environment.PROGRAMS))
    message = str(missing.value)
    for name, packages in environment.PROGRAMS.items():
        assert name in message
        assert packages.debian in message
        assert packages.brew is None or f"brew install {packages.brew}" in message
    assert "None" not in message


@pytest.mark.usefixtures("bare")
def test_who_makes_no_machines_needs_no_program_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "makes_machines", lambda: False)
    environment.install_programs(("debootstrap", "ip", "pebble"))
    with pytest.raises(UserError, match="nginx"):
        environment.install_programs(("debootstrap", "nginx"))


@pytest.mark.usefixtures("bare")
def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(UserError, match=r"Python 99\.0 or newer is needed"):
        environment.new_enough_python()


def test_help_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    shown = subprocess.run(["make", "-s", "-C", ROOT, "help"], capture_output=True, text=True, check=True)
    explained = set(re.findall(r"^  ([a-z-]+) +\S", shown.stdout, re.MULTILINE))
    assert targets == explained
    assert "\033" not in shown.stdout
