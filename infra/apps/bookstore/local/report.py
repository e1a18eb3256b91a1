"""The status and the log of the server of a data directory.

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

LOG_LINES = 100


def status(data: Path) -> int:
    """Print where the shop is and whether it works; return 1 if it does not."""
    layout, manager = DataLayout(data), Supervisor(data)
    port = Port.parse(layout.address.read_text()) if layout.address.exists() else None
    server = manager.server_state()
    problem = "the server was never started" if port is None else port.readiness_error()
    if not server:
        problem = problem or "its process manager is gone, so nothing would restart it after a crash"
    since = datetime.fromtimestamp(server["start"]).astimezone().isoformat(" ", "seconds") if server else ""
    for name, text in (
        ("BookStore", f"http://{port}" if port else "nowhere"),
        ("ready", f"no ({problem})" if problem else "yes"),
        ("server", f"gunicorn, {_process(manager.server_pid)}" + (f", up since {since}" if since else "")),
        ("manager", f"supervisord, {_process(manager.pid)}"),
        ("data", str(data)),
        ("logs", f"{layout.log}\n{'':10} {layout.manager_log}"),
    ):
        print(f"{name:10} {text}")
    if problem:
        print(f"The BookStore is not up ({problem}); start or repair it: make up", file=sys.stderr)
    return int(bool(problem))


def logs(data: Path, *, follow: bool) -> int:
    """Print the last lines of the server's log and, with `follow`, new ones until Ctrl-C."""
    log = Log(DataLayout(data).log)
    if not log.path.exists():
        print(f"There is no log at {log.path} yet; start the server: make up", file=sys.stderr)
        return 1
    print(*log.tail(LOG_LINES), sep="\n", flush=True)
    if follow:
        try:
            for line in log.follow():
                print(line, flush=True)
        except KeyboardInterrupt:
            pass
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.apps.bookstore.local.report", description="Report on the local server."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="print whether it runs, where and since when").add_argument(
        "data", type=Path
    )
    of_logs = commands.add_parser("logs", help=f"print the last {LOG_LINES} lines of its log")
    of_logs.add_argument("data", type=Path)
    of_logs.add_argument("--follow", action="store_true", help="print new lines as well, until Ctrl-C")
    chosen = parser.parse_args(arguments)
    data = chosen.data.expanduser().absolute()
    return status(data) if chosen.command == "status" else logs(data, follow=chosen.follow)


def _process(pid: int | None) -> str:
    return f"process {pid}" if pid else "not running"


if __name__ == "__main__":
    sys.exit(main())
