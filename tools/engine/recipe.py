"""Which engine is set up where none is installed, and where it is kept."""

import hashlib
import os
import re
from pathlib import Path

HERE = Path(__file__).parent
GO_MODULE = HERE / "gomod"
LAUNCHERS = sorted((HERE / "launchers").iterdir())


def version() -> str:
    """Return the engine's version, stated once: in go.mod."""
    stated = re.search(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", (GO_MODULE / "go.mod").read_text())
    if stated is None:
        raise ValueError("gomod/go.mod does not require github.com/pulumi/pulumi/pkg/v3")
    return stated.group(1)


def oldest_go() -> tuple[int, ...]:
    """Return the oldest Go that builds the engine, as go.mod states it."""
    stated = re.search(r"^go (\S+)$", (GO_MODULE / "go.mod").read_text(), re.MULTILINE)
    if stated is None:
        raise ValueError("gomod/go.mod states no version of Go")
    return tuple(int(part) for part in stated.group(1).split("."))


def name() -> str:
    """Return what the engine's directory is called: its version and a digest of all that it is made from.

    A change to the recipe gives a new name, so that no checkout runs an engine that another recipe made.
    """
    digest = hashlib.sha256()
    for path in (*sorted(GO_MODULE.iterdir()), *LAUNCHERS):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return f"{version()}-{digest.hexdigest()[:12]}"


def cache() -> Path:
    """Return the directory that keeps engines for every checkout of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "bookstore-on-pulumi" / "engine"
