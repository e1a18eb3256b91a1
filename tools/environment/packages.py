"""The virtual environment and its packages, at the versions of constraints.txt."""

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path

from tools.environment import programs
from tools.environment.steps import ROOT, run, step, succeeds

VENV = ROOT / ".venv"
AGAIN = "see whether the network reaches the package index, then try again"


def make_venv() -> None:
    """Make the virtual environment where there is none that works."""
    python = VENV / "bin" / "python"
    if python.exists() and succeeds([str(python), "-c", ""]):
        return
    if VENV.exists():
        print("The Python of .venv no longer starts, so .venv is made again.", flush=True)
        shutil.rmtree(VENV)
    if not succeeds([sys.executable, "-c", "import ensurepip"]):
        programs.install_venv_module()
    with step(f"Making the virtual environment .venv with Python {sys.version.split()[0]}"):
        run([sys.executable, "-m", "venv", str(VENV)], "remove .venv and try again")


def install(extras: str, *, project: bool = True) -> None:
    """Install packages unless they are there at these versions.

    Args:
        extras: the names of extras of pyproject.toml, separated by commas.
        project: install the project itself too, editable, with what it depends on.
    """
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    stamps = [VENV / f"installed-{part}" for part in extras.split(",")]
    if all(stamp.exists() and stamp.read_text() == digest.hexdigest() for stamp in stamps):
        return
    add_pip()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    what = ["-e", f".[{extras}]"] if project else _requirements(extras)
    with step(f"Installing the Python packages ({extras.replace(',', ', ')})"):
        run([*pip, "-c", "constraints.txt", *what], AGAIN)
    for stamp in stamps:
        stamp.write_text(digest.hexdigest())


def add_pip() -> None:
    """Put pip into a virtual environment that was made without it, as uv does."""
    python = str(VENV / "bin" / "python")
    if succeeds([python, "-m", "pip", "--version"]):
        return
    with step("Adding pip to .venv, which was made without it"):
        run([python, "-m", "ensurepip"], "remove .venv and try again: it is then made anew, and with pip")


def _requirements(extras: str) -> list[str]:
    stated = tomllib.loads(Path(ROOT, "pyproject.toml").read_text())["project"]["optional-dependencies"]
    return [requirement for extra in extras.split(",") for requirement in stated[extra]]
