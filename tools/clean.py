"""`make clean`: delete what make can set up again, and say how much disk that frees.

In the checkout these are .venv, build and the caches of the tools. With ALL=1 also what all checkouts share:
the engine, the test machines' system, and Go's caches. The shop's data and Pulumi's state stay.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engine import recipe
from tools.errors import UserError, run_command

ROOT = Path(__file__).resolve().parent.parent
CACHES = (".venv", "build", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


def main() -> int:
    """Delete; return the exit status."""
    _require_nothing_runs()
    everything = bool(os.environ.get("ALL"))
    shared = recipe.cache().parent
    freed = sum(_delete(ROOT / name) for name in CACHES)
    freed += sum(_delete(path) for path in [*ROOT.glob("*.egg-info"), *ROOT.rglob("__pycache__")])
    go = _go()
    go_caches = _go_caches(go) if go else []
    if everything:
        freed += sum(map(_size, go_caches))
        if go:
            subprocess.run([go, "clean", "-cache", "-modcache"], check=False)
        freed += _delete(shared)
    print(f"{_gigabytes(freed)} freed. The next command sets up again what it needs.")
    if not everything and (left := [path for path in (shared, *go_caches) if path.is_dir()]):
        sizes = ", ".join(f"{path} {_gigabytes(_size(path))}" for path in left)
        print(f"Shared with other checkouts, and kept: {sizes}.\n  make clean ALL=1 deletes them too.")
    return 0


def _require_nothing_runs() -> None:
    """Raise UserError while a shop runs from .venv."""
    for file in ROOT.glob(".data/*/run/*.pid"):
        try:
            os.kill(int(file.read_text()), 0)
        except (OSError, ValueError):
            continue
        name = file.parents[1].name
        stack = "" if name == "dev" else f" STACK={name}"
        raise UserError(
            f"The shop of the stack {name} runs, with the programs of .venv.", f"make down{stack}"
        )


def _delete(path: Path) -> int:
    if path.is_symlink():  # what it leads to is somebody else's
        path.unlink()
        return 0
    size = _size(path)
    if path.is_dir():
        shutil.rmtree(path)
    return size


def _size(path: Path) -> int:
    """Return the bytes that a directory takes on the disk."""
    files = (Path(parent) / name for parent, _, names in os.walk(path) for name in names)
    return sum(file.lstat().st_blocks * 512 for file in files)


def _go() -> str | None:
    fetched = sorted(recipe.cache().glob("go-*/go/bin/go"))
    return shutil.which("go") or (str(fetched[-1]) if fetched else None)


def _go_caches(go: str) -> list[Path]:
    asked = subprocess.run([go, "env", "GOCACHE", "GOMODCACHE"], capture_output=True, text=True, check=False)
    return [path for line in asked.stdout.split() if (path := Path(line)).is_dir()]


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(run_command(main))
