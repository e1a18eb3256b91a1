"""Processes of this machine, told apart by what they run: after a reboot their numbers belong to others."""

import os
import signal
import subprocess
import time
from pathlib import Path

POLL = 0.1  # seconds between two looks


def command_line(pid: int) -> str:
    """The arguments that a process was started with; empty when there is none, or only its zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def find(pid_file: Path, runs: Path) -> int | None:
    """The process that a file names, if it still is the one that was started with the file `runs`."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if str(runs) in command_line(pid) else None


def end(pid: int, runs: Path, patience: float) -> None:
    """Ask a process to end, and kill it when it has not ended after `patience` seconds."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if str(runs) not in command_line(pid):
                return
            time.sleep(POLL)
