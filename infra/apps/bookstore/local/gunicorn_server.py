"""The web server: gunicorn under supervisord, settled without losing a request."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.apps.bookstore.local.application import LAST_LINES, Application
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.apps.bookstore.local.supervisor import Supervisor
from infra.components.local.dynamic_resource import LocalResource, Properties, Provider
from infra.components.local.log import Log
from infra.components.local.port import Port
from infra.components.local.process import POLL
from infra.components.local.template import render
from infra.errors import DeploymentError

PATIENCE = 90  # seconds for a server to become ready on a busy machine
ORPHANS_PATIENCE = 15  # seconds for workers that lost their master to let go of the port
WSGI = "bookstore:create_app()"
TEMPLATE = Path(__file__).parent / "gunicorn.conf.py.template"


class GunicornServerProvider(Provider):
    """Starts, reloads, repairs and stops the server of one data directory."""

    replaced_by = ("directory",)
    exclusive = True  # both would listen on the same port

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Reload a server that is well, start any other anew; return when it answers with these inputs."""
        checkout, data = Path(inputs["checkout"]), Path(inputs["directory"])
        layout, manager, port = DataLayout(data), Supervisor(data), _port(inputs)
        application = Application(
            checkout, data, {"ORDER_TIMEOUT_MINUTES": str(int(inputs["order_timeout"]))}
        )
        release = hashlib.sha256(json.dumps(dict(inputs), sort_keys=True).encode()).hexdigest()

        # A worker that cannot load the application takes gunicorn down with it: try it beforehand.
        application.run(["gunicorn", "--check-config", WSGI], "gunicorn --check-config")
        # The port may be held by our own server, known by its number or its last address, or by its orphans.
        running, last = manager.server_pid, _read(layout.address)
        ours = last == str(port) or (running and not last)
        if not (ours and running):
            port.require_free(ORPHANS_PATIENCE if ours else 0)
        reload = ours and manager.is_running() and manager.is_configured(checkout) and not port.readiness()
        if not reload:
            manager.stop()
            port.require_free(ORPHANS_PATIENCE)

        Log(layout.log).set_aside()
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
        """Notice a server that ended, lost its manager, or does not answer as it was settled."""
        data = Path(outputs["directory"])
        if not Supervisor(data).is_running():
            return "the server does not run under its manager"
        if _read(DataLayout(data).release) != outputs["release"]:
            return "the server runs with other settings"
        return _port(outputs).readiness()

    def remove(self, outputs: Properties) -> None:
        """Stop it."""
        data = Path(outputs["directory"])
        Supervisor(data).stop()
        DataLayout(data).address.unlink(missing_ok=True)


def _port(inputs: Properties) -> Port:
    return Port(inputs["host"], int(inputs["port"]))


def _configuration(inputs: Properties, application: Application, release: str) -> str:
    layout = DataLayout(application.data)
    values = {
        "application": WSGI,
        "checkout": str(application.checkout),
        "bind": str(_port(inputs)),
        "environment": [f"{name}={value}" for name, value in application.settings.items()],
        "workers": int(inputs["workers"]),
        "log": str(layout.log),
        "pid_file": str(Supervisor(application.data).server_pid_file),
        "release_file": str(layout.release),
        "release": release,
    }
    return render(TEMPLATE, {name: repr(value) for name, value in values.items()})


def _wait_until_ready(manager: Supervisor, port: Port, release: str) -> None:
    layout = DataLayout(manager.data)
    deadline = time.monotonic() + PATIENCE
    while _read(layout.release) != release or not manager.is_running() or port.readiness():
        state = manager.server_state().get("statename", "")
        if state in {"BACKOFF", "FATAL"} or time.monotonic() > deadline:
            raise DeploymentError(
                f"The server does not become ready at http://{port}"
                f" (/readyz: {port.readiness() or 200}; supervisord: {state or 'no answer'})",
                "mend the application and run `make up` again, your data is untouched."
                f" The last lines of {layout.log}:",
                Log(layout.log).tail(LAST_LINES),
            )
        time.sleep(POLL)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@dataclass(frozen=True, kw_only=True)
class GunicornServerArgs:
    """What a server serves; whatever changes here, it reloads.

    Args:
        checkout: the directory that holds the application.
        source: digest of the application's files.
        directory: the data directory.
        database: the generation of the database.
        session_key: fingerprint of the session key.
        host: the loopback address to listen on.
        port: the port to listen on.
        workers: how many processes serve.
        order_timeout: how long an unpaid order holds its books, in minutes.
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
    """The BookStore at a URL of this machine; `up` returns when it is ready, `destroy` stops it."""

    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: GunicornServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(GunicornServerProvider(), name, vars(args), ("url",), opts)
