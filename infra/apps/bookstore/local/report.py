"""What a person asks of the server of a data directory: is it up, and what does it say.

Usage: python -m infra.apps.bookstore.local.report status DATA_DIRECTORY
       python -m infra.apps.bookstore.local.report logs DATA_DIRECTORY [--follow]
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from infra.apps.bookstore.local.data_directory import DataLayout
from infra.apps.bookstore.local.supervisor import Supervisor
from infra.components.local.log import Log
from infra.components.local.port import Port

LINES = 100


def status(data: Path) -> int:
    """Print where the shop is and what serves it; return 1 when it does not serve as it should."""
    layout, manager = DataLayout(data), Supervisor(data)
    port = Port.parse(layout.address.read_text()) if layout.address.exists() else None
    server = manager.server_state()
    trouble = "the server was never started" if port is None else port.readiness()
    if not server:
        trouble = trouble or "its manager is gone: the server would not come back after a crash"
    since = datetime.fromtimestamp(server["start"]).astimezone().isoformat(" ", "seconds") if server else ""
    for name, text in (
        ("BookStore", f"http://{port}" if port else "nowhere"),
        ("ready", f"no ({trouble})" if trouble else "yes"),
        ("server", f"gunicorn, {_process(manager.server_pid)}" + (f", up since {since}" if since else "")),
        ("manager", f"supervisord, {_process(manager.pid)}"),
        ("data", str(data)),
        ("logs", f"{layout.log}\n{'':10} {layout.manager_log}"),
    ):
        print(f"{name:10} {text}")
    if trouble:
        print(f"The BookStore is not up ({trouble}); start or repair it: make up", file=sys.stderr)
    return int(bool(trouble))


def logs(data: Path, *, follow: bool) -> int:
    """Print the last lines of the server's log, and those that follow until interrupted."""
    log = Log(DataLayout(data).log)
    if not log.path.exists():
        print(f"There is no log at {log.path} yet; start the server: make up", file=sys.stderr)
        return 1
    print(*log.tail(LINES), sep="\n", flush=True)
    if follow:
        try:
            for line in log.follow():
                print(line, flush=True)
        except KeyboardInterrupt:
            pass
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.apps.bookstore.local.report", description="Report on the local server."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="is it up, where, since when").add_argument("data", type=Path)
    of_logs = commands.add_parser("logs", help=f"the last {LINES} lines of its log")
    of_logs.add_argument("data", type=Path)
    of_logs.add_argument("--follow", action="store_true", help="and those to come, until Ctrl-C")
    chosen = parser.parse_args(arguments)
    data = chosen.data.expanduser().absolute()
    return status(data) if chosen.command == "status" else logs(data, follow=chosen.follow)


def _process(pid: int | None) -> str:
    return f"process {pid}" if pid else "not running"


if __name__ == "__main__":
    sys.exit(main())
