#!/usr/bin/python3
"""The first process of a test machine: as much of systemd as the machines' units use.

At its start it applies tmpfiles.d and /etc/fstab and starts the enabled units. Then it does what `systemctl`
(this file under another name) asks for. Calendar timers never elapse.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, "/usr/lib/stand-ins")
from service import Service, temporary_files  # type: ignore[import-not-found]
from units import UnitError, enable, enabled, find, read, seconds  # type: ignore[import-not-found]

SOCKET = "/run/init.sock"
BORN = time.monotonic()


class Manager:
    """The services and the running timers of one machine."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}
        self._services: dict[str, Service] = {}
        self._timers: set[str] = set()
        self._guard = threading.Lock()

    def service(self, name: str) -> Service:
        """Return the service of that name; each exists once."""
        with self._guard:
            return self._services.setdefault(name, Service(name, self))

    def start(self, name: str) -> None:
        """Start a service or a timer; ignore sockets and targets."""
        if name.endswith(".service"):
            self.service(name).start()
        elif name.endswith(".timer"):
            with self._guard:
                new = name not in self._timers
                self._timers.add(name)
            if new:
                threading.Thread(target=self._loop, args=(name,), daemon=True).start()

    def attempt(self, name: str) -> None:
        """Start it, or write to the machine's log why it did not start."""
        try:
            self.start(name)
        except UnitError as failure:
            print(failure, flush=True)

    def _loop(self, name: str) -> None:
        """Run a timer: the service at once or after a while, and again after each end."""
        timer = read(name).get("Timer", {})
        waits = [seconds(value) for value in timer.get("OnActiveSec", [])]
        waits += [BORN + seconds(value) - time.monotonic() for value in timer.get("OnBootSec", [])]
        again = [seconds(value) for value in timer.get("OnUnitInactiveSec", [])]
        while waits:
            time.sleep(max(0, min(waits)))
            self.attempt(name.replace(".timer", ".service"))
            waits = again

    def obey(self, words: list[str]) -> str:
        """Do what one call of `systemctl` asks; return what it prints."""
        options = {word for word in words if word.startswith("-")}
        command, *names = [word for word in words if not word.startswith("-")]
        if command == "set-environment":
            self.environment |= dict(name.split("=", 1) for name in names)
            return ""
        if command == "unset-environment":
            for name in names:
                self.environment.pop(name, None)
            return ""
        if command == "daemon-reload":
            return ""
        if not names:
            raise UnitError(f"the stand-in knows no {command} of nothing")
        return "\n".join(
            self._one(command, name if "." in name else f"{name}.service", options) for name in names
        )

    def _one(self, command: str, name: str, options: set[str]) -> str:
        match command:
            case "start":
                find(name)
                self.start(name)
            case "enable" | "preset":
                enable(name)
                if "--now" in options:
                    self.start(name)
            case "stop":
                self.service(name).stop()
            case "restart":
                self.service(name).stop()
                self.start(name)
            case "reload-or-restart" if not self.service(name).active():
                self.start(name)
            case "reload" | "reload-or-restart":
                self.service(name).reload()
            case _:
                raise UnitError(f"the stand-in knows no {command}")
        return ""


def ask(words: list[str]) -> int:
    """Act as `systemctl`."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        with connection.makefile("rw") as file:
            file.write(json.dumps(words) + "\n")
            file.flush()
            status, said = json.loads(file.readline())
    if said:
        print(said, file=sys.stderr if status else sys.stdout)
    return int(status)


def answer(connection: socket.socket, manager: Manager) -> None:
    """Answer one call of `systemctl`."""
    with connection, connection.makefile("rw") as file:
        try:
            reply = [0, manager.obey(json.loads(file.readline()))]
        except UnitError as failure:
            reply = [1, str(failure)]
        file.write(json.dumps(reply) + "\n")


def main() -> int:
    """Act as the first process, or as `systemctl`."""
    if Path(sys.argv[0]).name == "systemctl":
        return ask(sys.argv[1:])
    if os.fork():
        # This process only reaps orphans. The manager is its child, so subprocess finds its children.
        while True:
            os.wait()
    manager = Manager()
    Path("/var/log/units").mkdir(exist_ok=True)
    temporary_files()
    subprocess.run(["mount", "--all"], check=False)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(SOCKET)
    listener.listen(64)
    for name in enabled():
        threading.Thread(target=manager.attempt, args=(name,), daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, manager), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
