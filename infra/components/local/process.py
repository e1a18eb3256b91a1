"""Processes of this machine, identified by PID and command line: after a reboot a PID may be another's."""

import os
import signal
import subprocess
import time
from pathlib import Path

POLL_SECONDS = 0.1


def command_line(pid: int) -> str:
    """Return the command line of a process; empty if there is none, or only a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def find(pid_file: Path, argument: Path) -> int | None:
    """Return the PID in a file, if that process still has the path `argument` on its command line."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if str(argument) in command_line(pid) else None


def terminate(pid: int, argument: Path, timeout: float) -> None:
    """Send SIGTERM to a process, and SIGKILL if it still runs after `timeout` seconds."""
    for signal_number, seconds in ((signal.SIGTERM, timeout), (signal.SIGKILL, 10.0)):
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if str(argument) not in command_line(pid):
                return
            time.sleep(POLL_SECONDS)
