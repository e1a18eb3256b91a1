"""A service as systemd runs it: started, watched, restarted, stopped."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Protocol

from units import Section, UnitError, read, seconds  # type: ignore[import-not-found]

PATIENCE = 120.0  # seconds


class Surroundings(Protocol):
    """What a service gets from its manager."""

    environment: dict[str, str]

    def start(self, name: str) -> None:
        """Start what the service requires."""

    def attempt(self, name: str) -> None:
        """Restart the service after its end."""


class Service:
    """A service, `active` while its main process lives."""

    def __init__(self, name: str, manager: Surroundings) -> None:
        self.name = name
        self._manager = manager
        self._pid: int | None = None
        self._lock = threading.RLock()
        self._wanted = False

    @property
    def _unit(self) -> Section:
        section: Section = read(self.name).get("Service", {})
        return section

    def _last(self, key: str, default: str = "") -> str:
        values: list[str] = self._unit.get(key) or [default]
        return values[-1]

    def active(self) -> bool:
        """Return whether it runs."""
        return self._pid is not None and Path(f"/proc/{self._pid}").exists()

    def start(self) -> None:
        """Start it and what it requires, unless it runs. Raises UnitError."""
        with self._lock:
            if self.active():
                return
            for needed in read(self.name).get("Unit", {}).get("Requires", []):
                for name in needed.split():
                    self._manager.start(name)
            for name in self._last("RuntimeDirectory").split():
                Path("/run", name).mkdir(exist_ok=True)
            temporary_files()
            self._wanted = True
            for line in self._unit.get("ExecStartPre", []):
                self._once(line)
            for line in self._unit.get("ExecStart", []):
                self._run(line)
            for line in self._unit.get("ExecStartPost", []):
                self._once(line)

    def _run(self, line: str) -> None:
        match self._last("Type", "simple"):
            case "oneshot":
                self._once(line)
            case "forking":
                self._forking(line)
            case "notify":
                self._notify(line)
            case _:
                self._watch(self._spawn(line))

    def stop(self) -> None:
        """Stop it; kill it when it does not end."""
        with self._lock:
            self._wanted = False
            if not self.active() or self._pid is None:
                return
            for line in self._unit.get("ExecStop", []):
                self._once("-" + line)
            pid, deadline = self._pid, time.monotonic() + PATIENCE
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            while self.active() and time.monotonic() < deadline:
                time.sleep(0.05)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            self._pid = None

    def reload(self) -> None:
        """Make it read its configuration again."""
        for line in self._unit.get("ExecReload", []):
            self._once(line)

    def _forking(self, line: str) -> None:
        self._once(line)
        file, deadline = Path(self._last("PIDFile")), time.monotonic() + PATIENCE
        while not (file.exists() and file.read_text().strip()):
            if time.monotonic() > deadline:
                raise UnitError(f"{self.name} wrote no {file}")
            time.sleep(0.05)
        self._pid = int(file.read_text())

    def _notify(self, line: str) -> None:
        path = f"/run/notify-{self.name}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            Path(path).unlink(missing_ok=True)
            ready.bind(path)
            Path(path).chmod(0o777)
            ready.settimeout(1)
            self._watch(self._spawn(line, {"NOTIFY_SOCKET": path}))
            while True:
                with contextlib.suppress(TimeoutError):
                    if b"READY=1" in ready.recv(4096):
                        return
                if not self.active():
                    raise UnitError(f"{self.name} ended before it was ready")

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        self._pid = process.pid

        def wait() -> None:
            status = process.wait()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            restart = self._last("Restart", "no")
            again = restart == "always" or (restart.startswith("on-") and status != 0)
            if again and self._wanted and self._pid == process.pid:
                time.sleep(seconds(self._last("RestartSec", "0.1")))
                if self._wanted:
                    self._manager.attempt(self.name)

        threading.Thread(target=wait, daemon=True).start()

    def _once(self, line: str) -> None:
        status = self._spawn(line).wait()
        if status and "-" not in line[:2]:
            raise UnitError(f"{self.name}: `{line}` ended with status {status}")

    def _spawn(self, line: str, more: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        variables = {"MAINPID": str(self._pid or ""), **self._manager.environment, **(more or {})}
        for setting in self._unit.get("Environment", []):
            variables |= dict(part.split("=", 1) for part in shlex.split(setting))
        words: list[str] = []
        for word in shlex.split(line.lstrip("-+!@:")):
            if whole := re.fullmatch(r"\$(\w+)", word):
                words += variables.get(whole[1], "").split()
            else:
                words.append(re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], ""), word))
        log = self._last("StandardOutput").removeprefix("append:") or f"/var/log/units/{self.name}.log"
        privileged = {"+", "!"} & set(line[:2])
        user = None if privileged else self._last("User") or None
        with Path(log).open("ab") as out:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={**os.environ, **variables},
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )


def temporary_files() -> None:
    """Make the directories below /run that packages list in tmpfiles.d, as systemd-tmpfiles does."""
    for file in sorted(Path("/usr/lib/tmpfiles.d").glob("*.conf")):
        for line in file.read_text().splitlines():
            match line.split():
                case ["d" | "D", path, mode, user, group, *_] if path.startswith("/run/") and mode.isdigit():
                    with contextlib.suppress(LookupError):
                        Path(path).mkdir(exist_ok=True)
                        Path(path).chmod(int(mode, 8))
                        owner = "root" if user == "-" else user
                        shutil.chown(path, owner, "root" if group == "-" else group)
