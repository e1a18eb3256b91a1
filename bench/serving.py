"""A WSGI application served by gunicorn on a free port of this machine, as long as a `with` block lasts."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """Where it answers, and the process that everything of it descends from."""

    url: str
    pid: int
    log: Path


@contextmanager
def served(
    application: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    *,
    ready: str = "/",
    workers: int = 1,
    threads: int = 4,
    cores: str | None = None,
) -> Iterator[Served]:
    """Serve `application` ("module:callable"), on these `cores` (as taskset names them) or on any.

    Waits until `ready` answers 200; raise `UserError` with the end of the log when it does not.
    """
    pinned = ["taskset", "--cpu-list", cores] if cores else []
    # The listening socket is handed over, so that nobody can take the port between choosing and using it.
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener, log.open("ab") as output:
        number = listener.fileno()
        gunicorn = subprocess.Popen(
            [
                *(*pinned, sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}"),
                *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
                *("--worker-tmp-dir", "/dev/shm", "--keep-alive", "75"),  # noqa: S108  # nosec B108
                *("--no-control-socket", "--graceful-timeout", "8", "--preload", application),
            ],
            env={**os.environ, **(environment or {})},
            pass_fds=[number],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        _wait(url + ready, gunicorn, log)
        yield Served(url, gunicorn.pid, log)
    finally:
        gunicorn.terminate()
        gunicorn.wait(PATIENCE_SECONDS)


def shop_settings(data: Path) -> dict[str, str]:
    """The environment of a shop that keeps all it has in the folder `data`."""
    return {
        "SECRET_KEY": secrets.token_hex(),
        "FLASK_ENV": "production",
        "DATABASE_FILE": str(data / "bookstore.sqlite3"),
        "COVERS_DIR": str(data / "covers"),
    }


def run_command(environment: Mapping[str, str], *command: str) -> None:
    """Run one of the shop's own commands, e.g. `db upgrade`; raise `UserError` with what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "bookstore", *command],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UserError(
            f"flask {' '.join(command)} failed:\n{done.stdout}{done.stderr}",
            "Mend what it names and run again.",
        )


@contextmanager
def shop(data: Path, environment: Mapping[str, str] | None = None, **serving: object) -> Iterator[Served]:
    """Serve the shop, migrated and with the bundled catalogue."""
    settings = {**shop_settings(data), **(environment or {})}
    run_command(settings, "db", "upgrade")
    run_command(settings, "catalogue", "load")
    with served("bookstore:create_app()", data / "shop.log", settings, ready="/readyz", **serving) as it:  # type: ignore[arg-type]
        yield it


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # nosec B310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    end = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    raise UserError(f"{address} did not answer. The end of its log:\n{end}", f"Read the whole log: {log}")
