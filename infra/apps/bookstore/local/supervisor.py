"""The process manager of one data directory: supervisord, which keeps gunicorn running."""

import hashlib
import os
import shlex
import subprocess
import sys
import tempfile
import xmlrpc.client  # nosec B411
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from infra.apps.bookstore.local.application import environment
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local import process
from infra.components.local.template import render
from infra.errors import DeploymentError

UNREACHABLE = (OSError, HTTPException, xmlrpc.client.Error)
TEMPLATE = Path(__file__).parent / "supervisord.conf.template"


@dataclass(frozen=True)
class Supervisor:
    """The supervisord and the gunicorn that serve one data directory, whoever started them.

    Args:
        data: the data directory, absolute.
    """

    data: Path

    @property
    def _run(self) -> Path:
        return DataLayout(self.data).run

    @property
    def configuration(self) -> Path:
        """What supervisord was started with."""
        return self._run / "supervisord.conf"

    @property
    def server_configuration(self) -> Path:
        """What gunicorn reads at its start and on SIGHUP."""
        return self._run / "gunicorn.conf.py"

    @property
    def pid_file(self) -> Path:
        """Where supervisord leaves its number."""
        return self._run / "supervisord.pid"

    @property
    def server_pid_file(self) -> Path:
        """Where gunicorn's master leaves its number."""
        return self._run / "gunicorn.pid"

    @property
    def socket(self) -> Path:
        """Where supervisord listens: a short path, as the system allows a socket about 100 characters."""
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"bookstore-{os.getuid()}" / f"{name}.sock"

    @property
    def pid(self) -> int | None:
        """The supervisord that runs; it answers also when its files were taken away."""
        if pid := process.find(self.pid_file, self.configuration):
            return pid
        try:
            return int(self._supervisor.getPID())
        except UNREACHABLE:
            return None

    @property
    def server_pid(self) -> int | None:
        """The gunicorn that runs, with its manager or orphaned."""
        known = process.find(self.server_pid_file, self.server_configuration)
        return known or self.server_state().get("pid") or None

    def server_state(self) -> dict[str, Any]:
        """What supervisord says of gunicorn: statename, pid, start and so on; empty when nobody answers."""
        try:
            state: dict[str, Any] = self._supervisor.getProcessInfo("gunicorn")
        except UNREACHABLE:
            return {}
        return state

    def is_running(self) -> bool:
        """Tell whether gunicorn runs under its manager."""
        return self.server_state().get("statename") in {"STARTING", "RUNNING"}

    def reload(self) -> None:
        """Have gunicorn read its configuration again and replace its workers one by one."""
        self._supervisor.signalProcess("gunicorn", "HUP")

    def start(self, checkout: Path) -> None:
        """Start supervisord, which starts gunicorn; both outlive Pulumi.

        Raises:
            DeploymentError: supervisord does not start.
        """
        self._make_socket_directory()
        self.configuration.write_text(self.render(checkout))
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "--configuration", self.configuration],
            cwd=checkout,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if started.returncode:
            raise DeploymentError(
                f"supervisord does not start: {started.stdout.strip()}",
                f"see {DataLayout(self.data).manager_log}",
            )

    def stop(self) -> None:
        """End supervisord and gunicorn, also a gunicorn whose manager was killed."""
        if pid := self.pid:
            process.end(pid, self.configuration, patience=45)
        if pid := self.server_pid:
            process.end(pid, self.server_configuration, patience=30)
        self.socket.unlink(missing_ok=True)

    def render(self, checkout: Path) -> str:
        """The configuration that supervisord is to run with."""
        layout = DataLayout(self.data)
        command = [sys.executable, "-m", "gunicorn", "--config", str(self.server_configuration)]
        values = {
            "checkout": str(checkout),
            "pid_file": str(self.pid_file),
            "manager_log": str(layout.manager_log),
            "socket": str(self.socket),
            "log": str(layout.log),
            "command": shlex.join(command),
        }
        # supervisord takes % for the start of an expression
        return render(TEMPLATE, {name: text.replace("%", "%%") for name, text in values.items()})

    def is_configured(self, checkout: Path) -> bool:
        """Tell whether supervisord was started with the configuration that it is to run with."""
        return self.configuration.exists() and self.configuration.read_text() == self.render(checkout)

    @property
    def _supervisor(self) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor

    def _make_socket_directory(self) -> None:
        directory = self.socket.parent
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if directory.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise DeploymentError(
                f"{directory} is not a directory of yours alone", f"take it away: rm -r {directory}"
            )
