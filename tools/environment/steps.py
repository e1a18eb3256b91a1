"""Steps that take a while: a line for each, and the last words of the command that fails."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 12  # lines of a failed command


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print a step's name at once, and its seconds when it is done."""
    print(f"{name} ... ", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def run(command: Sequence[str], remedy: str) -> None:
    """Run a command without output. Raises UserError with its last words when it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = "\n    ".join(done.stdout.strip().splitlines()[-SHOWN:])
        raise UserError(f"`{' '.join(command[:4])} ...` failed:\n    {words}", remedy)


def succeeds(command: Sequence[str]) -> bool:
    """Tell whether a command runs well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
