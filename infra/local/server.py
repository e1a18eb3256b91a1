"""The web server: gunicorn under supervisord, settled without losing a request."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.dynamic_provider import MachineResource, Properties, Provider
from infra.fault import Fault
from infra.local.application import LAST_LINES, Application
from infra.local.log import Log
from infra.local.manager import Manager
from infra.local.place import Layout
from infra.local.port import Port
from infra.local.process import POLL
from infra.local.template import render

PATIENCE = 90  # seconds for a server to become ready on a busy machine
WSGI = "bookstore:create_app()"


class ServerProvider(Provider):
    """Starts, reloads, repairs and stops the server of one data directory."""

    replaced_by = ("directory",)

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Reload a server that is well, start any other anew; return when it answers with these inputs."""
        checkout, data = Path(inputs["checkout"]), Path(inputs["directory"])
        application = Application(checkout, data, {"ORDER_TIMEOUT_MINUTES": str(int(inputs["order_timeout"]))})
        manager, port = Manager(data), Port(inputs["host"], int(inputs["port"]))
        release = hashlib.sha256(json.dumps(dict(inputs), sort_keys=True).encode()).hexdigest()

        # A worker that cannot load the application takes gunicorn down with it: try before touching the server.
        application.run(["gunicorn", "--check-config", WSGI], "gunicorn --check-config")
        if ours := _address(data) == str(port) and manager.server_pid is not None:
            well = manager.is_running() and manager.is_configured(checkout) and not port.readiness()
        else:
            well = False
            port.require_free(patience=5)
        Log(Layout(data).log).set_aside()
        if not well:
            manager.stop()
            port.require_free(patience=15 if ours else 5)
        _release_file(data).unlink(missing_ok=True)
        manager.server_configuration.write_text(_render(inputs, application, manager, port, release))
        _address_file(data).write_text(str(port))
        if well:
            manager.reload()
        else:
            manager.start(checkout)
        try:
            _wait_until_ready(manager, port, release)
        except Fault:
            if not well:
                manager.stop()
            raise
        return {"url": f"http://{port}", "release": release}

    def drift(self, outputs: Properties) -> str:
        """Notice a server that ended, lost its manager, or does not answer as it was settled."""
        data, port = Path(outputs["directory"]), Port(outputs["host"], int(outputs["port"]))
        if not Manager(data).is_running():
            return "the server is not running under its manager"
        if _read(_release_file(data)) != outputs["release"]:
            return "the server runs with other settings"
        return port.readiness()

    def remove(self, outputs: Properties) -> None:
        """Stop it."""
        Manager(Path(outputs["directory"])).stop()


def _render(inputs: Properties, application: Application, manager: Manager, port: Port, release: str) -> str:
    values = {
        "checkout": str(application.checkout),
        "bind": str(port),
        "environment": [f"{name}={value}" for name, value in application.settings.items()],
        "workers": int(inputs["workers"]),
        "log": str(Layout(application.data).log),
        "pid_file": str(manager.server_pid_file),
        "release_file": str(_release_file(application.data)),
        "release": release,
    }
    return render("gunicorn.conf.py.template", {name: repr(value) for name, value in values.items()})


def _wait_until_ready(manager: Manager, port: Port, release: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while _read(_release_file(manager.data)) != release or port.readiness():
        state = manager.server_state().get("statename", "")
        if state in {"FATAL", "EXITED"} or time.monotonic() > deadline:
            log = Log(Layout(manager.data).log)
            last = "\n  ".join(log.tail(LAST_LINES))
            raise Fault(
                f"The server does not become ready at http://{port} (/readyz: {port.readiness() or 200};"
                f" supervisord: {state or 'no answer'}). The last lines of {log.path}:\n  {last}\n",
                "mend the application and run `make up` again; your data is untouched",
            )
        time.sleep(POLL)


def _release_file(data: Path) -> Path:
    return Layout(data).run / "release"


def _address_file(data: Path) -> Path:
    return Layout(data).run / "address"


def _address(data: Path) -> str:
    return _read(_address_file(data))


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
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


class Server(MachineResource):
    """The BookStore at a URL of this machine; `up` returns when it is ready, `destroy` stops it."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ServerProvider(), name, vars(args), ("url",), opts)
