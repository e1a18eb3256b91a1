"""A checkout of the project to deploy from, as another user of this machine would have one."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.apps.bookstore.local.supervisor import Supervisor
from tools.engine import Engine

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120


class Checkout:
    """A copy of the project in a directory of its own, with its own state, data and port.

    The copy comes first on Python's module path: program, providers and application are the copy's.
    """

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self.data = root / ".data" / "dev"
        self.manager = Supervisor(self.data)
        for package in ("bookstore", "infra"):
            shutil.copytree(PROJECT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
        for settings in ("Pulumi.yaml", "Pulumi.dev.yaml"):
            shutil.copy(PROJECT / settings, root)
        self.state = root.parent / "state"
        self.state.mkdir()
        self._engine = engine
        self._environment = engine.environment() | {
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the tests",
            "PULUMI_HOME": str(root.parent / "home"),
            "PYTHONPATH": str(root),
        }
        self.pulumi("stack", "init", "dev", check=True)
        self.set(port=free_port())

    def pulumi(self, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the engine; with `check` it must succeed."""
        done = subprocess.run(
            [self._engine.executable, *arguments, "--non-interactive"],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def set(self, **settings: object) -> None:
        """Change settings of the stack."""
        for key, value in settings.items():
            self.pulumi("config", "set", f"bookstore:{key}", str(value), check=True)
        self.port = int(self.pulumi("config", "get", "bookstore:port", check=True).stdout)

    def up(self, *arguments: str) -> str:
        """Deploy; return what the engine printed."""
        done = self.pulumi("up", "--yes", "--skip-preview", *arguments, check=True)
        assert self.ready(), "up returned before the shop was ready"
        return done.stdout

    def refused_up(self) -> str:
        """Deploy, which must fail; return what the user sees."""
        done = self.pulumi("up", "--yes", "--skip-preview")
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def down(self) -> None:
        """Destroy what was deployed."""
        self.pulumi("destroy", "--yes", "--skip-preview", check=True)

    def outputs(self, *arguments: str) -> dict[str, Any]:
        """Return the stack's outputs; with --show-secrets in plain text."""
        outputs: dict[str, Any] = json.loads(
            self.pulumi("stack", "output", "--json", *arguments, check=True).stdout
        )
        return outputs

    def report(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Ask about the server as `make status` and `make logs` do."""
        command = ["python", "-m", "infra.apps.bookstore.local.report", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self._environment, capture_output=True, text=True, check=False
        )

    def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        """Fetch a page on a new connection; (0, reason) when nobody answers."""
        return get(port or self.port, path)

    def ready(self) -> bool:
        """Return whether the shop serves."""
        return self.get("/readyz")[0] == 200

    def served_by(self) -> tuple[int | None, int | None]:
        """Return the manager and the server, which stay while workers come and go."""
        return self.manager.pid, self.manager.server_pid

    def processes(self) -> dict[int, str]:
        """Return the processes that were started from this checkout or for its data: command lines by id."""
        found = {}
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                line = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if f"{self.root}/" in line and int(directory.name) != os.getpid():
                found[int(directory.name)] = line
        return found

    def end(self) -> dict[int, str]:
        """Clean up, whatever happened before; return the processes that `down` left."""
        self.pulumi("cancel", "--yes")
        self.pulumi("destroy", "--yes", "--skip-preview")
        left = self.processes()
        for pid in left:
            kill(pid)
        return left


def get(port: int, path: str) -> tuple[int, str]:
    """Fetch a page of this machine on a new connection; (0, reason) when nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            with connection.makefile("rb") as stream:
                answer = stream.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)
    head, _, body = answer.partition("\r\n\r\n")
    return (int(head.split()[1]), body) if head.startswith("HTTP/") else (0, "closed without an answer")


def free_port() -> int:
    """Return a port without a listener, below those that the system gives to clients."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def kill(pid: int | None) -> None:
    """Kill a process of ours."""
    assert pid is not None
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def eventually(condition: Callable[[], object]) -> None:
    """Wait until the condition holds, as long as the slowest machine may need."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come true within {PATIENCE} seconds"
        time.sleep(0.1)
