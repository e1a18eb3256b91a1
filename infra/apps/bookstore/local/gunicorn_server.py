"""The web server: gunicorn under supervisord, updated without losing a request."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra import remedy
from infra.apps.bookstore.local.application import LOG_LINES, Application
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.apps.bookstore.local.supervisor import Supervisor
from infra.components.local.dynamic_resource import LocalProvider, LocalResource, Properties
from infra.components.local.log import Log
from infra.components.local.port import Port
from infra.components.local.process import POLL_SECONDS
from infra.components.local.template import render
from infra.errors import DeploymentError

READY_TIMEOUT = 90  # seconds, enough on a busy machine
ORPHAN_TIMEOUT = 15  # seconds for workers that lost their master to release the port
WSGI = "bookstore:create_app()"
TEMPLATE = Path(__file__).parent / "gunicorn.conf.py.template"


class GunicornServerProvider(LocalProvider):
    """Starts, reloads, repairs and stops the server of a data directory."""

    replace_on_changes = ("directory",)
    delete_before_replace = True  # both would listen on the same port

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Reload a healthy server, or start a new one; return when it serves with these inputs."""
        checkout, data = Path(inputs["checkout"]), Path(inputs["directory"])
        layout, manager, port = DataLayout(data), Supervisor(data), _port(inputs)
        application = Application(
            checkout, data, {"ORDER_TIMEOUT_MINUTES": str(int(inputs["order_timeout"]))}
        )
        release = hashlib.sha256(json.dumps(dict(inputs), sort_keys=True).encode()).hexdigest()

        # A worker that cannot load the application stops gunicorn, so check that it loads first.
        application.run(["gunicorn", "--check-config", WSGI], "gunicorn --check-config")
        # Our own server may hold the port (known by its PID or its last address), or its orphaned workers.
        running, last = manager.server_pid, _read(layout.address)
        ours = last == str(port) or (running and not last)
        if not (ours and running):
            _require_free(port, ORPHAN_TIMEOUT if ours else 0)
        reload = (
            ours and manager.is_running() and manager.is_configured(checkout) and not port.readiness_error()
        )
        if not reload:
            manager.stop()
            _require_free(port, ORPHAN_TIMEOUT)

        Log(layout.log).rotate()
        layout.release.unlink(missing_ok=True)
        layout.address.write_text(str(port))
        manager.server_configuration.write_text(_configuration(inputs, application, release))
        if reload:
            manager.reload()
        else:
            manager.start(checkout)
        try:
            _wait_until_ready(manager, port, release)
        except DeploymentError:
            if not reload:
                manager.stop()
            raise
        return {"url": f"http://{port}", "release": release}

    def drift(self, outputs: Properties) -> str:
        """Check that the server runs under its manager, has these inputs and is ready."""
        data = Path(outputs["directory"])
        if not Supervisor(data).is_running():
            return "the server does not run under its manager"
        if _read(DataLayout(data).release) != outputs["release"]:
            return "the server runs with other settings"
        return _port(outputs).readiness_error()

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Stop the server."""
        data = Path(_props["directory"])
        Supervisor(data).stop()
        DataLayout(data).address.unlink(missing_ok=True)


def _port(inputs: Properties) -> Port:
    return Port(inputs["host"], int(inputs["port"]))


def _require_free(port: Port, timeout: float) -> None:
    """Wait until the port is free. Raise a DeploymentError if another program keeps it."""
    if not port.wait_until_free(timeout):
        raise DeploymentError(
            f"Another program holds port {port.number} of {port.host}",
            f"stop it, or choose another port: {remedy.setting(None, {'port': str(port.number + 1)})}",
        )


def _configuration(inputs: Properties, application: Application, release: str) -> str:
    layout = DataLayout(application.data)
    values = {
        "application": WSGI,
        "checkout": str(application.checkout),
        "bind": str(_port(inputs)),
        "environment": [f"{name}={value}" for name, value in application.variables.items()],
        "workers": int(inputs["workers"]),
        "log": str(layout.log),
        "pid_file": str(Supervisor(application.data).server_pid_file),
        "release_file": str(layout.release),
        "release": release,
    }
    return render(TEMPLATE, {name: repr(value) for name, value in values.items()})


def _wait_until_ready(manager: Supervisor, port: Port, release: str) -> None:
    layout = DataLayout(manager.data)
    deadline = time.monotonic() + READY_TIMEOUT
    while _read(layout.release) != release or not manager.is_running() or port.readiness_error():
        state = manager.server_state().get("statename", "")
        if state in {"BACKOFF", "FATAL"} or time.monotonic() > deadline:
            raise DeploymentError(
                f"The server does not become ready at http://{port}"
                f" (/readyz: {port.readiness_error() or 200}; supervisord: {state or 'no answer'})",
                "fix the application and run `make up` again; your data is untouched."
                f" The last lines of {layout.log}:",
                Log(layout.log).tail(LOG_LINES),
            )
        time.sleep(POLL_SECONDS)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@dataclass(frozen=True, kw_only=True)
class GunicornServerArgs:
    """Arguments for `GunicornServer`. A change of any of them reloads the server.

    Args:
        checkout: the directory that holds the application.
        source: digest of the application's files.
        directory: the data directory.
        database: the generation of the database.
        session_key: the fingerprint of the session key.
        host: the loopback address to listen on.
        port: the port to listen on.
        workers: the number of worker processes.
        order_timeout: how long an unpaid order reserves its books, in minutes.
    """

    checkout: str
    source: str
    directory: pulumi.Input[str]
    database: pulumi.Input[str]
    session_key: pulumi.Input[str]
    host: str
    port: int
    workers: int
    order_timeout: int


class GunicornServer(LocalResource):
    """The BookStore at a URL of this machine. `pulumi up` waits until it is ready."""

    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: GunicornServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(GunicornServerProvider(), name, vars(args), ("url",), opts)
