"""A MariaDB server of one's own in a folder of one's own, as long as a `with` block lasts."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql

from tools.errors import UserError

PATIENCE_SECONDS = 120
USER = "bookstore"


@dataclass(frozen=True)
class MariaDB:
    """Where the server answers, for whom, and its process."""

    port: int
    socket: Path
    password: str
    pid: int

    def settings(self, database: str) -> dict[str, str]:
        """Return the environment of a shop that uses `database`, which must exist."""
        return {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self.port),
            "DB_USER": USER,
            "DB_PASS": self.password,
            "DB_NAME": database,
        }

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run statements as the server's administrator."""
        with (
            pymysql.connect(
                unix_socket=str(self.socket),
                user="root",
                database=database,
                autocommit=True,
                local_infile=True,
            ) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)

    def create_anew(self, database: str) -> None:
        """Make an empty database of this name, whatever it held before."""
        self.execute(
            f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} CHARACTER SET utf8mb4"
        )


@contextmanager
def mariadb(folder: Path, *, memory: str = "256M", cores: str | None = None) -> Iterator[MariaDB]:
    """Install and start a server in `folder`, whose path must fit a socket's (about 80 characters).

    `memory` is the size of its buffer pool. Raise `UserError` with the end of its log if it does not start.
    """
    server, install = _program("mariadbd"), _program("mariadb-install-db")
    data, where, log = folder / "data", folder / "socket", folder / "mariadb.log"
    # Started by root, the server would refuse to run as root without being told that this is meant.
    user = ["--user=root"] if os.geteuid() == 0 else []
    if not data.exists():
        setup = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        subprocess.run([*setup, *user], check=True, capture_output=True)
    port = _free_port()
    pinned = ["taskset", "--cpu-list", cores] if cores else []
    command = [
        *(*pinned, server, "--no-defaults", *user),
        *(f"--datadir={data}", f"--socket={where}", f"--port={port}", "--bind-address=127.0.0.1"),
        *(f"--innodb-buffer-pool-size={memory}", "--local-infile=1"),
        *("--skip-log-bin", "--skip-name-resolve", f"--log-error={log}", f"--pid-file={folder / 'pid'}"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    password = secrets.token_hex()
    running = MariaDB(port, where, password, process.pid)
    try:
        _wait(running, process, log)
        running.execute(
            f"CREATE OR REPLACE USER '{USER}'@'%' IDENTIFIED BY '{password}'",
            f"GRANT ALL ON *.* TO '{USER}'@'%'",
        )
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if found is None:
        raise UserError(f"{name} is missing.", "on Debian and Ubuntu: sudo apt-get install mariadb-server")
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(server: MariaDB, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.execute("SELECT 1")
        except pymysql.err.OperationalError:
            time.sleep(0.1)
        else:
            return
    end = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "no log"
    raise UserError(
        f"MariaDB did not start. The end of its log:\n{end}", f"Read {log}, or delete its folder."
    )
