#!/usr/bin/python3
"""The first process of a test machine: as much of systemd as the machines' units use.

Units are read from where systemd reads them. At start it mounts what /etc/fstab says and starts what is enabled;
then it does what `systemctl` (this file under another name) asks for. Timers by the calendar never go off.
"""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

SOCKET = "/run/init.sock"
ETC = Path("/etc/systemd/system")
FOLDERS = (ETC, Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
SECONDS = {"ms": 0.001, "s": 1, "": 1, "sec": 1, "min": 60, "h": 3600}
BORN = time.monotonic()


class Failure(Exception):
    """What `systemctl` says before it ends with status 1."""


def read_unit(name):
    """Sections of keys of lists of values: a key may come more than once, and an empty value forgets."""
    paths = [folder / name for folder in FOLDERS if (folder / name).exists()]
    if not paths:
        raise Failure(f"Unit {name} not found.")
    sections, section = {}, None
    text = "\n".join(path.read_text() for path in [paths[0], *sorted((ETC / f"{name}.d").glob("*.conf"))])
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip(" []"), {})
        elif "=" in line and line[0] not in "#;":
            key, value = (part.strip() for part in line.split("=", 1))
            if value:
                section.setdefault(key, []).append(value)
            else:
                section[key] = []
    return sections


def seconds(text):
    return sum(float(n) * SECONDS[unit] for n, unit in re.findall(r"([\d.]+)\s*([a-z]*)", text))


class Service:
    def __init__(self, name):
        self.name, self.pid, self.lock, self.wanted = name, None, threading.RLock(), False
        self.started_once = False

    @property
    def unit(self):
        return read_unit(self.name).get("Service", {})

    def last(self, key, default=""):
        return (self.unit.get(key) or [default])[-1]

    def active(self):
        return self.pid is not None and Path(f"/proc/{self.pid}").exists()

    def start(self):
        with self.lock:
            if self.active():
                return
            for needed in read_unit(self.name).get("Unit", {}).get("Requires", []):
                for name in needed.split():
                    if name.endswith(".service"):
                        service(name).start()
            if names := self.last("RuntimeDirectory"):
                for name in names.split():
                    Path("/run", name).mkdir(parents=True, exist_ok=True)
            self.wanted = True
            for line in self.unit.get("ExecStartPre", []):
                self.once(line)
            kind = self.last("Type", "simple")
            for line in self.unit.get("ExecStart", []):
                getattr(self, f"as_{kind.replace('exec', 'simple')}")(line)
            for line in self.unit.get("ExecStartPost", []):
                self.once(line)

    def stop(self):
        with self.lock:
            self.wanted = False
            if not self.active():
                return
            for line in self.unit.get("ExecStop", []):
                self.once("-" + line)
            pid, deadline = self.pid, time.monotonic() + 60
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            while self.active() and time.monotonic() < deadline:
                time.sleep(0.05)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            self.pid = None

    def reload(self):
        for line in self.unit.get("ExecReload", []):
            self.once(line)

    def as_oneshot(self, line):
        self.once(line)
        self.wanted = False

    def as_forking(self, line):
        self.once(line)
        file, deadline = Path(self.last("PIDFile")), time.monotonic() + 60
        while not (file.exists() and file.read_text().strip()):
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} wrote no {file}")
            time.sleep(0.05)
        self.pid = int(file.read_text())

    def as_simple(self, line):
        self.watch(self.spawn(line))

    def as_notify(self, line):
        path = f"/run/notify-{self.name}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            Path(path).unlink(missing_ok=True)
            ready.bind(path)
            Path(path).chmod(0o777)
            ready.settimeout(1)
            process = self.spawn(line, {"NOTIFY_SOCKET": path})
            self.watch(process)
            while True:
                with contextlib.suppress(TimeoutError):
                    if b"READY=1" in ready.recv(4096):
                        return
                if not self.active():
                    raise Failure(f"{self.name} ended before it was ready")

    def watch(self, process):
        self.pid = process.pid

        def wait():
            status = process.wait()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            restart = self.last("Restart", "no")
            again = restart == "always" or (restart in {"on-failure", "on-abort", "on-abnormal"} and status)
            if again and self.wanted and self.pid == process.pid:
                time.sleep(seconds(self.last("RestartSec", "0.1")))
                with self.lock:
                    if self.wanted and not self.active():
                        attempt(self.start)

        threading.Thread(target=wait, daemon=True).start()

    def once(self, line):
        status = self.spawn(line).wait()
        if status and not line.startswith(("-", "+-", "!-")):
            raise Failure(f"{self.name}: `{line}` ended with status {status}")

    def spawn(self, line, more=None):
        variables = {"MAINPID": str(self.pid or ""), **dict(MANAGER), **(more or {})}
        for setting in self.unit.get("Environment", []):
            variables |= dict(part.split("=", 1) for part in shlex.split(setting))
        privileged = line.lstrip("-@:")[:1] in {"+", "!"}
        words = []
        for word in shlex.split(line.lstrip("-+!@:")):
            if whole := re.fullmatch(r"\$(\w+)", word):
                words += variables.get(whole[1], "").split()
            else:
                words.append(re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], ""), word))
        log = self.last("StandardOutput").removeprefix("append:") or f"/var/log/units/{self.name}.log"
        user = None if privileged or self.last("PermissionsStartOnly") and self.pid is None and more is None else self.last("User") or None
        with Path(log).open("ab") as out:
            return subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                env={**os.environ, **variables}, user=user, group=user, extra_groups=[] if user else None,
            )  # fmt: skip

    def loop(self):
        """What a timer does: the service at once or after a while, and again after each end."""
        timer = read_unit(self.name.replace(".service", ".timer")).get("Timer", {})
        waits = [seconds(value) for value in timer.get("OnActiveSec", [])]
        waits += [BORN + seconds(value) - time.monotonic() for value in timer.get("OnBootSec", [])]
        again = [seconds(value) for value in timer.get("OnUnitInactiveSec", [])]
        if not waits:
            return

        def run():
            time.sleep(max(0, min(waits)))
            while True:
                attempt(self.start)
                if not again:
                    return
                time.sleep(min(again))

        threading.Thread(target=run, daemon=True).start()


MANAGER = {}
SERVICES = {}
TIMERS = set()
GUARD = threading.Lock()


def service(name):
    with GUARD:
        return SERVICES.setdefault(name, Service(name))


def attempt(action):
    try:
        action()
    except Failure as failure:
        print(failure, flush=True)


def start(name):
    if name.endswith(".timer"):
        if name not in TIMERS:
            TIMERS.add(name)
            service(name.replace(".timer", ".service")).loop()
    else:
        service(name).start()


def enable(name):
    for target in read_unit(name).get("Install", {}).get("WantedBy", []):
        link = ETC / f"{target}.wants" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(next(folder / name for folder in FOLDERS if (folder / name).exists()))


def obey(words):
    options = {word for word in words if word.startswith("-")}
    command, *names = [word for word in words if not word.startswith("-")]
    if command == "set-environment":
        MANAGER.update(name.split("=", 1) for name in names)
        return ""
    if command == "unset-environment":
        for name in names:
            MANAGER.pop(name, None)
        return ""
    said = []
    for given in names:
        name = given if "." in given else f"{given}.service"
        if command == "start":
            start(name)
        elif command == "enable":
            enable(name)
            if "--now" in options:
                start(name)
        elif command == "stop":
            service(name).stop()
        elif command == "restart" or (command == "reload-or-restart" and not service(name).active()):
            service(name).stop()
            start(name)
        elif command in {"reload", "reload-or-restart"}:
            service(name).reload()
        elif command == "show":
            said.append(str(service(name).pid))
        else:
            raise Failure(f"the stand-in knows no {command}")
    if command not in {"daemon-reload"} and not names:
        raise Failure(f"the stand-in knows no {command} of nothing")
    return "\n".join(said)


def serve(listener):
    while True:
        connection, _ = listener.accept()

        def answer(connection=connection):
            with connection, connection.makefile("rw") as file:
                try:
                    reply = [0, obey(json.loads(file.readline()))]
                except Failure as failure:
                    reply = [1, str(failure)]
                file.write(json.dumps(reply) + "\n")

        threading.Thread(target=answer, daemon=True).start()


def boot():
    Path("/var/log/units").mkdir(exist_ok=True)
    subprocess.run(["mount", "--all"], check=False)
    for target in ("multi-user", "timers"):
        for link in sorted((ETC / f"{target}.target.wants").glob("*.*")):
            if link.suffix in {".service", ".timer"} and link.exists():
                threading.Thread(target=attempt, args=(lambda name=link.name: start(name),), daemon=True).start()


def main():
    if Path(sys.argv[0]).name == "systemctl":
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(SOCKET)
            with connection.makefile("rw") as file:
                file.write(json.dumps(sys.argv[1:]) + "\n")
                file.flush()
                status, words = json.loads(file.readline())
        if words:
            print(words, file=sys.stderr if status else sys.stdout)
        return status
    if os.fork():
        # The first process is left with the dead of others, which subprocess must not find missing.
        while True:
            os.wait()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(SOCKET)
    listener.listen(64)
    boot()
    serve(listener)
    return 0


if __name__ == "__main__":
    sys.exit(main())
