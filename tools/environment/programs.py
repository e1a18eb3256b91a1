"""Programs that no Python package carries: installed as root on Debian and Ubuntu, else asked for."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.environment.steps import run, step
from tools.errors import UserError

SYSTEM_PROGRAMS = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on everyone's PATH


class Packages(NamedTuple):
    """The packages that carry a program, as the package managers call them."""

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


def install(names: Sequence[str]) -> None:
    """Install the programs that are missing. Raises UserError with the commands where it may not."""
    if not makes_machines():
        names = [name for name in names if PROGRAMS[name].brew is not None]
    absent = missing(names)
    if not absent:
        return
    debian = sorted({PROGRAMS[name].debian for name in absent})
    if can_apt():
        apt_install(debian)
        if absent := missing(names):
            raise UserError(
                f"{', '.join(debian)} installed, but PATH still has no {', '.join(absent)}.",
                "add their directories to PATH",
            )
        return
    casks_last = sorted(
        {brew for name in absent if (brew := PROGRAMS[name].brew)},
        key=lambda package: package.startswith("-"),
    )
    commands = "; ".join(f"brew install {package}" for package in casks_last)
    raise UserError(
        f"{', '.join(absent)}: not on PATH, and this target runs the real programs.",
        "install what is missing and try again\n"
        f"    Debian, Ubuntu:  sudo apt-get install {' '.join(debian)}\n"
        f"    macOS:           {commands}",
    )


def install_venv_module() -> None:
    """Install what this Python lacks to make a virtual environment; Debian packs it apart."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packed = Path(sys.executable).resolve().is_relative_to("/usr/bin")
    if not (packed and can_apt()):
        raise UserError(
            f"{sys.executable} has no ensurepip, so it cannot make a virtual environment.",
            f"install it; on Debian and Ubuntu: sudo apt-get install {version}-venv",
        )
    apt_install([f"{version}-venv"])


def missing(names: Sequence[str]) -> list[str]:
    """Return those of `names` that are found nowhere."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_PROGRAMS])
    return [name for name in names if shutil.which(name, path=path) is None]


def makes_machines() -> bool:
    """Tell whether the tests can make machines here; elsewhere they leave the boot scripts alone."""
    return sys.platform == "linux" and os.geteuid() == 0


def can_apt() -> bool:
    """Tell whether packages can be installed here without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages, and start none of the services that they bring."""
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600"]
    remedy = "see whether the network reaches the distribution's packages, then try again"
    with step(f"Installing {', '.join(packages)}"), _services_held_back():
        run([*apt, "update"], remedy)
        run([*apt, "install", "--no-install-recommends", *packages], remedy)


@contextmanager
def _services_held_back() -> Iterator[None]:
    """Use Debian's own way to install a service without starting it: the tests start their own."""
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
