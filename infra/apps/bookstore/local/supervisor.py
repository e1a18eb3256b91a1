"""supervisord, which keeps the gunicorn of a data directory running."""

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
    """The supervisord and the gunicorn of one data directory, whoever started them.

    Args:
        data: the data directory, absolute.
    """

    data: Path

    @property
    def _run(self) -> Path:
        return DataLayout(self.data).run

    @property
    def configuration(self) -> Path:
        """Return supervisord's configuration file."""
        return self._run / "supervisord.conf"

    @property
    def server_configuration(self) -> Path:
        """Return gunicorn's configuration file, which it reads at its start and on SIGHUP."""
        return self._run / "gunicorn.conf.py"

    @property
    def pid_file(self) -> Path:
        """Return supervisord's PID file."""
        return self._run / "supervisord.pid"

    @property
    def server_pid_file(self) -> Path:
        """Return the PID file of gunicorn's master."""
        return self._run / "gunicorn.pid"

    @property
    def socket(self) -> Path:
        """Return supervisord's socket. A socket's path may have about 100 characters only, so it is short."""
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"bookstore-{os.getuid()}" / f"{name}.sock"

    @property
    def pid(self) -> int | None:
        """Return the PID of the running supervisord, which answers even if its files were deleted."""
        if pid := process.find(self.pid_file, self.configuration):
            return pid
        try:
            return int(self._supervisor.getPID())
        except UNREACHABLE:
            return None

    @property
    def server_pid(self) -> int | None:
        """Return the PID of the running gunicorn, with its manager or orphaned."""
        known = process.find(self.server_pid_file, self.server_configuration)
        return known or self.server_state().get("pid") or None

    def server_state(self) -> dict[str, Any]:
        """Return supervisord's state of gunicorn: statename, pid, start, ...; empty without an answer."""
        try:
            state: dict[str, Any] = self._supervisor.getProcessInfo("gunicorn")
        except UNREACHABLE:
            return {}
        return state

    def is_running(self) -> bool:
        """Tell whether gunicorn runs under its manager."""
        return self.server_state().get("statename") in {"STARTING", "RUNNING"}

    def reload(self) -> None:
        """Make gunicorn read its configuration again and replace its workers one by one."""
        self._supervisor.signalProcess("gunicorn", "HUP")

    def start(self, checkout: Path) -> None:
        """Start supervisord, which starts gunicorn. Both keep running after Pulumi ends.

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
                f"read {DataLayout(self.data).manager_log}",
            )

    def stop(self) -> None:
        """Stop supervisord and gunicorn, also a gunicorn whose manager was killed."""
        if pid := self.pid:
            process.terminate(pid, self.configuration, timeout=45)
        if pid := self.server_pid:
            process.terminate(pid, self.server_configuration, timeout=30)
        self.socket.unlink(missing_ok=True)

    def render(self, checkout: Path) -> str:
        """Return the configuration that supervisord should have."""
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
        # In supervisord's configuration, % starts an expression.
        return render(TEMPLATE, {name: text.replace("%", "%%") for name, text in values.items()})

    def is_configured(self, checkout: Path) -> bool:
        """Tell whether supervisord was started with the configuration that it should have."""
        return self.configuration.exists() and self.configuration.read_text() == self.render(checkout)

    @property
    def _supervisor(self) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor

    def _make_socket_directory(self) -> None:
        directory = self.socket.parent
        directory.mkdir(mode=0o700, exist_ok=True)
        status = directory.lstat()
        if directory.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise DeploymentError(
                f"{directory} is not a directory that only you can use", f"remove it: rm -r {directory}"
            )
