"""Sets up what a target of the Makefile needs, once: Python packages in .venv, programs from the system.

Runs with any Python 3, before there is a virtual environment, hence on the standard library alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
SYSTEM_PROGRAMS = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on everyone's PATH


class Packages(NamedTuple):
    """What packages carry a program, as the package managers call them."""

    debian: str
    brew: str | None  # None: needed on Linux alone


PROGRAMS = {
    "mariadbd": Packages("mariadb-server", "mariadb"),
    "nginx": Packages("nginx", "nginx"),
    "chromium": Packages("chromium", "--cask chromium"),
    "chromedriver": Packages("chromium-driver", "--cask chromedriver"),
    "shellcheck": Packages("shellcheck", "shellcheck"),
    "skopeo": Packages("skopeo", "skopeo"),
    "wrk": Packages("wrk", "wrk"),
    "promtool": Packages("prometheus", "prometheus"),
    # For the machines that the boot scripts are tried on: they are made on Linux by root alone.
    "debootstrap": Packages("debootstrap", None),
    "ip": Packages("iproute2", None),
    "pebble": Packages("pebble", None),
    "haproxy": Packages("haproxy", None),
}


class Need(NamedTuple):
    """What one kind of target needs: an extra of pyproject.toml and programs."""

    extras: str
    programs: tuple[str, ...]


NEEDS = {
    "deploy": Need("infra", ()),
    "deploy-aws": Need("infra,aws", ()),
    "deploy-kubernetes": Need("infra,aws,kubernetes", ()),
    "emulator": Need("infra,emulator", ()),
    "lint": Need("infra,aws,kubernetes,emulator,dev", ("shellcheck",)),
    "test": Need("infra,aws,kubernetes,emulator,dev", tuple(PROGRAMS)),
}


def makes_machines() -> bool:
    """Whether the tests can make machines here; elsewhere they leave the boot scripts alone."""
    return sys.platform == "linux" and os.geteuid() == 0


def set_up(need: Need) -> None:
    """Makes sure of all that is needed; silent when it is there."""
    make_venv()
    install_packages(need.extras)
    install_programs(need.programs)


def make_venv() -> None:
    """The virtual environment, with a Python that is new enough."""
    if (VENV / "bin" / "python").exists():
        return
    python = new_enough_python()
    check = [python, "-c", "import ensurepip"]
    if subprocess.run(check, capture_output=True, check=False).returncode != 0:
        if not can_apt():
            raise UserError(
                f"{python} has no ensurepip, so it cannot make a virtual environment.",
                "install it; on Debian and Ubuntu: sudo apt-get install python3-venv",
            )
        apt_install(["python3-venv"])
    with step("Making the virtual environment .venv"):
        run([python, "-m", "venv", str(VENV)], "remove .venv and try again")


def new_enough_python() -> str:
    """This Python, or a newer one on PATH."""
    if sys.version_info >= OLDEST_PYTHON:
        return sys.executable
    for name in PYTHONS:
        if found := shutil.which(name):
            return found
    raise UserError(
        f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; "
        f"{sys.executable} is {sys.version_info.major}.{sys.version_info.minor}.",
        "install a newer one; Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv; "
        "macOS: brew install python",
    )


def install_packages(extras: str) -> None:
    """The project itself, editable, with the packages of `extras` at the versions of constraints.txt."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    stamps = [VENV / f"installed-{part}" for part in extras.split(",")]
    if all(stamp.exists() and stamp.read_text() == digest.hexdigest() for stamp in stamps):
        return
    add_pip()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    with step(f"Installing the Python packages ({extras.replace(',', ', ')})"):
        run(
            [*pip, "-c", "constraints.txt", "-e", f".[{extras}]"],
            "see whether the network reaches the package index, then try again",
        )
    for stamp in stamps:
        stamp.write_text(digest.hexdigest())


def add_pip() -> None:
    """Puts pip into a virtual environment that something else has made without it, as uv does."""
    python = str(VENV / "bin" / "python")
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return
    with step("Adding pip to .venv, which was made without it"):
        run([python, "-m", "ensurepip"], "remove .venv and try again: it is then made anew, and with pip")


def install_programs(names: Sequence[str]) -> None:
    """Programs that no Python package carries: installed as root on Debian's kin, else asked for."""
    if not makes_machines():
        names = [name for name in names if PROGRAMS[name].brew is not None]
    missing = missing_programs(names)
    if not missing:
        return
    debian = sorted({PROGRAMS[name].debian for name in missing})
    if can_apt():
        apt_install(debian)
        if missing := missing_programs(names):
            raise UserError(
                f"{', '.join(debian)} installed, but PATH still has no {', '.join(missing)}.",
                "add their directories to PATH",
            )
        return
    casks_last = sorted(
        {brew for name in missing if (brew := PROGRAMS[name].brew)},
        key=lambda package: package.startswith("-"),
    )
    commands = "; ".join(f"brew install {package}" for package in casks_last)
    raise UserError(
        f"{', '.join(missing)}: not on PATH, and the tests run the real programs.",
        "install what is missing and try again\n"
        f"    Debian, Ubuntu:  sudo apt-get install {' '.join(debian)}\n"
        f"    macOS:           {commands}",
    )


def missing_programs(names: Sequence[str]) -> list[str]:
    """Those of `names` that are found nowhere."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_PROGRAMS])
    return [name for name in names if shutil.which(name, path=path) is None]


def can_apt() -> bool:
    """Whether packages can be installed here without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str]) -> None:
    """Installs Debian packages, and starts none of the services that they bring."""
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600"]
    remedy = "see whether the network reaches the distribution's packages, then try again"
    with step(f"Installing {', '.join(packages)}"), services_held_back():
        run([*apt, "update"], remedy)
        run([*apt, "install", "--no-install-recommends", *packages], remedy)


@contextmanager
def services_held_back() -> Iterator[None]:
    """Debian's own way to install a service without starting it: the tests start their own, on free ports."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line for one step: its name at once, its seconds when it is done."""
    print(f"{name} ... ", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def run(command: Sequence[str], remedy: str) -> None:
    """Runs a quiet command; its last words become the message when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = "\n    ".join(done.stdout.strip().splitlines()[-12:])
        raise UserError(f"`{' '.join(command[:4])} ...` failed:\n    {words}", remedy)


def main() -> int:
    """Exit status 0 when all is there; 1 with cause and remedy."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("need", choices=NEEDS)
    try:
        set_up(NEEDS[arguments.parse_args().need])
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; run it again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
