"""What a target needs is set up once, and what cannot be set up is named with its remedy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.conftest import program
from tools import clean
from tools.environment import packages, programs, steps
from tools.errors import UserError

ROOT = steps.ROOT


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose virtual environment notes how its Python is called."""
    (tmp_path / "pyproject.toml").write_text('[project.optional-dependencies]\nload = ["locust>=2"]\n')
    (tmp_path / "constraints.txt").write_text("locust==2.0\n")
    program(tmp_path / ".venv" / "bin" / "python", f'#!/bin/sh\necho "$@" >> {tmp_path / "calls"}\n')
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no program at all."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(programs, "SYSTEM_PROGRAMS", ())


def test_packages_are_installed_once_and_again_when_the_versions_change(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages.install("infra,dev")
    assert re.fullmatch(
        r"Installing the Python packages \(infra, dev\) \.\.\. \d+ s\n", capsys.readouterr().out
    )
    packages.install("infra,dev")
    packages.install("infra")
    assert capsys.readouterr().out == ""
    assert (checkout / "calls").read_text().count("-c constraints.txt -e .[infra,dev]") == 1
    (checkout / "constraints.txt").write_text("other versions")
    packages.install("infra")
    assert "-e .[infra]" in (checkout / "calls").read_text()


def test_one_tool_is_installed_without_the_project(checkout: Path) -> None:
    packages.install("load", project=False)
    called = (checkout / "calls").read_text()
    assert "-c constraints.txt locust>=2" in called
    assert "-e" not in called.split()


def test_a_virtual_environment_whose_python_is_gone_is_made_again(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout / "a Python that was removed")
    packages.make_venv()
    assert "no longer starts" in capsys.readouterr().out
    subprocess.run([python, "-c", ""], check=True)


def test_make_takes_the_first_python_that_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (
        ("python3", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.6.15\nexit 1\n'),
        ("python3.13", "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n"),
        ("python3.12", f'#!/bin/sh\nexec {sys.executable} "$@"\n'),
    ):
        program(tmp_path / "bin" / name, text)
    for name in ("head", "sh"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    environment = {"PATH": str(tmp_path / "bin")}
    run = ["/bin/sh", str(ROOT / "tools" / "python.sh"), "-c", "print('works')"]
    found = subprocess.run(run, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout == "works\n"
    (tmp_path / "bin" / "python3.12").unlink()
    none = subprocess.run(run, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert none.returncode == 1
    assert "Python 3.11 or newer is needed" in none.stderr
    assert re.search(r"python3 +Python 3\.6\.15", none.stderr)
    assert re.search(r"python3\.13 +pyenv: python3\.13: command not found", none.stderr)
    assert "Remedy: install one" in none.stderr


def test_clean_frees_the_caches_and_nothing_that_is_linked(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clean, "ROOT", checkout)
    monkeypatch.setenv("XDG_CACHE_HOME", str(checkout / "cache"))
    monkeypatch.delenv("ALL", raising=False)
    elsewhere = checkout.parent / "elsewhere"
    (checkout / ".venv").rename(elsewhere)
    (checkout / ".venv").symlink_to(elsewhere)
    for kept in (".data/dev/run", "cache/bookstore-on-pulumi/engine"):
        (checkout / kept).mkdir(parents=True)
    (checkout / "build").mkdir()
    (checkout / "build" / "large").write_bytes(b"x" * 5_000_000)
    running = checkout / ".data" / "dev" / "run" / "gunicorn.pid"
    running.write_text(str(os.getpid()))
    with pytest.raises(UserError, match=r"The shop of the stack dev runs.*\n.*make down"):
        clean.main()
    running.unlink()
    assert clean.main() == 0
    assert "5 MB freed" in capsys.readouterr().out
    assert not (checkout / "build").exists()
    assert not (checkout / ".venv").is_symlink()
    assert (elsewhere / "bin" / "python").exists()
    assert (checkout / ".data").exists()
    assert (checkout / "cache" / "bookstore-on-pulumi" / "engine").exists()


def test_packages_that_cannot_be_installed_are_not_taken_for_installed(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    program(python, '#!/bin/sh\n[ "$3" = --version ] || { echo no such version; exit 1; }\n')
    for _ in range(2):
        with pytest.raises(UserError, match=r"no such version\n  Remedy: see whether the network"):
            packages.install("infra")


def test_a_virtual_environment_that_was_made_without_pip_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    monkeypatch.setattr(packages, "VENV", made)
    packages.add_pip()
    assert capsys.readouterr().out.startswith("Adding pip to .venv, which was made without it ... ")
    subprocess.run([made / "bin" / "python", "-m", "pip", "--version"], capture_output=True, check=True)
    packages.add_pip()
    assert capsys.readouterr().out == ""


def test_a_virtual_environment_that_cannot_get_pip_is_to_be_made_anew(checkout: Path) -> None:
    program(checkout / ".venv" / "bin" / "python", '#!/bin/sh\necho "No module named $2"; exit 1\n')
    with pytest.raises(UserError, match=r"No module named ensurepip\n  Remedy: remove \.venv"):
        packages.install("infra")


@pytest.mark.usefixtures("bare")
def test_missing_programs_are_named_with_the_command_for_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "makes_machines", lambda: True)
    with pytest.raises(UserError) as missing:
        programs.install(tuple(programs.PROGRAMS))
    message = str(missing.value)
    for name, carried in programs.PROGRAMS.items():
        assert name in message
        assert carried.debian in message
        assert carried.brew is None or f"brew install {carried.brew}" in message
    assert "None" not in message


@pytest.mark.usefixtures("bare")
def test_who_makes_no_machines_needs_no_program_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "makes_machines", lambda: False)
    programs.install(("debootstrap", "ip", "pebble"))
    with pytest.raises(UserError, match="nginx"):
        programs.install(("debootstrap", "nginx"))


def test_help_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    shown = subprocess.run(["make", "-s", "-C", ROOT, "help"], capture_output=True, text=True, check=True)
    explained = set(re.findall(r"^  ([a-z-]+) +\S", shown.stdout, re.MULTILINE))
    assert targets == explained
    exported = set(" ".join(re.findall(r"^export ([A-Z_ ]+)$", makefile, re.MULTILINE)).split())
    exported |= set(re.findall(r"\$\(or \$\(([A-Z]+)\)", makefile)) | {"URL", "PYTEST"}
    for variable in exported:
        assert re.search(rf"^  (.*\s)?{variable}=", shown.stdout, re.MULTILINE), variable
    assert "\033" not in shown.stdout
