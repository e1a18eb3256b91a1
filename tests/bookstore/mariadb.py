"""A MariaDB server for the tests."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql

PATIENCE = 120.0  # seconds; generous, for a machine under load


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.05)


@dataclass
class MariaDB:
    """A database server with its own files and port, stopped by its own process id."""

    folder: Path
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    process: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        owner = ["--user=root"] if os.geteuid() == 0 else []
        command = [
            _program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={self.folder}/data",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *owner,
        ]
        for _ in range(3):  # on a machine with far too much to do, the server inside it has given up before
            done = subprocess.run(
                command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            if done.returncode == 0:
                break
            shutil.rmtree(self.folder / "data", ignore_errors=True)
        assert done.returncode == 0, done.stdout
        (self.folder / "first.sql").write_text(
            f"CREATE USER shop@127.0.0.1 IDENTIFIED BY '{self.password}';\n"
            "GRANT ALL ON *.* TO shop@127.0.0.1;\n"  # one statement a line
        )

    def start(self, *options: str) -> None:
        """Start it on a free port, or again on the same one."""
        for _ in range(
            5
        ):  # another program may take the port between our asking for one and the server's using it
            port = self.port or _free_port()
            if self._started(port, options):
                self.port = port
                return
        raise AssertionError((self.folder / "log").read_text()[-4000:])

    def _started(self, port: int, options: tuple[str, ...]) -> bool:
        owner = ["--user=root"] if os.geteuid() == 0 else []
        first = [] if self.port else [f"--init-file={self.folder}/first.sql"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    _program("mariadbd"),
                    "--no-defaults",
                    f"--datadir={self.folder}/data",
                    f"--socket={self.folder}/socket",
                    f"--pid-file={self.folder}/pid",
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--max-connections=400",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-log-file-size=16M",
                    "--innodb-flush-log-at-trx-commit=2",
                    "--character-set-server=latin1",  # the shop must ask for UTF-8 itself
                    *owner,
                    *first,
                    *options,
                ],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            try:
                self.connect(port).close()
            except pymysql.err.OperationalError:
                assert time.monotonic() < until, (self.folder / "log").read_text()[-4000:]
                time.sleep(0.05)
            else:
                return True
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE)
            self.process = None

    def connect(self, port: int = 0) -> "pymysql.Connection[Any]":
        return pymysql.connect(
            host="127.0.0.1", port=port or self.port, user="shop", password=self.password, autocommit=True
        )

    def run(self, *statements: str) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def environment(self, name: str) -> dict[str, str]:
        return {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self.port),
            "DB_USER": "shop",
            "DB_PASS": self.password,
            "DB_NAME": name,
        }


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is missing: install the package mariadb-server"
    return found


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port
