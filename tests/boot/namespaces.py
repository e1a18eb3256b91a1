"""Processes in Linux namespaces, which are entered by their first process and end with it."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

from tests.boot.patience import until

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
}
ALL = ("mount", "net", "pid", "ipc", "uts")


def enter(pid: int, *command: str, kinds: Sequence[str] = ALL) -> list[str]:
    """Return the command line that runs `command` in the namespaces of a process."""
    return ["nsenter", f"--target={pid}", *(f"--{kind}" for kind in kinds), "--", *command]


def leave(*command: str) -> list[str]:
    """Return the command line that runs `command` as the first process of new namespaces."""
    return [
        "unshare",
        *(f"--{kind}" for kind in ALL),
        "--fork",
        "--kill-child",
        "--mount-proc",
        "--",
        *command,
    ]


def first_process(of: subprocess.Popen[bytes], depth: int) -> int:
    """Wait for the first process of the namespace, `depth` below ours, of a started process; return its id.

    Raises RuntimeError when the started process ends before.
    """
    found: list[int] = []

    def look() -> bool:
        if of.poll() is not None:
            raise RuntimeError(f"{of.args!r} ended with status {of.returncode}")
        for child in psutil.Process(of.pid).children(recursive=True):
            numbers = _numbers(child.pid)
            if len(numbers) > depth and numbers[-1] == "1" and psutil.pid_exists(child.pid):
                found.append(child.pid)
                return True
        return False

    until(look, "the first process of a namespace")
    return found[0]


def _numbers(pid: int) -> list[str]:
    """Return the ids of a process in each of the process namespaces from ours inwards."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return next(line.split()[1:] for line in lines if line.startswith("NSpid:"))


def call(command: Sequence[str], given: str | None = None, seconds: float = 300) -> str:
    """Run a command to its end and return what it printed. Raises RuntimeError with its last lines."""
    done = subprocess.run(
        command,
        input=given or "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRONMENT,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def begin(command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a long-running command with a standard input that stays open as long as this process lives."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, env=ENVIRONMENT
    )
