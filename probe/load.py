"""Loads a deployed shop with customers who look, think and buy, and writes an HTML report.

    python -m probe.load URL USERS SECONDS [--shop sockshop] [--report FILE]

Prints a table with percentiles for each page. Exit status: 0 when every request went well, 1 when one did
not, 2 when the arguments make no sense. Customers leave accounts behind, and what they bought stays sold.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from probe.arguments import address, positive

REPORT = Path("build/load.html")
HERE = Path(__file__).parent
CUSTOMERS = {"bookstore": HERE / "customers.py", "sockshop": HERE / "sockshop" / "customers.py"}


def command(url: str, users: int, seconds: int, report: Path, shop: str = "bookstore") -> list[str]:
    """How Locust is started: everybody arrives within the first tenth of the time."""
    return [
        *(sys.executable, "-m", "locust", "--locustfile", str(CUSTOMERS[shop]), "--headless"),
        *("--host", url),
        *("--users", str(users), "--spawn-rate", str(max(1.0, users / max(1.0, seconds / 10)))),
        *("--run-time", f"{seconds}s", "--stop-timeout", "10", "--only-summary", "--loglevel", "WARNING"),
        *("--html", str(report)),
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m probe.load", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("url", type=address, help="the shop's address, e.g. http://127.0.0.1:8080")
    parser.add_argument("users", type=positive, help="how many customers at a time")
    parser.add_argument("seconds", type=positive, help="for how long")
    parser.add_argument("--shop", choices=CUSTOMERS, default="bookstore", help="what is sold there")
    parser.add_argument(
        "--report", type=Path, default=REPORT, help=f"where the report goes (default {REPORT})"
    )
    given = parser.parse_args(arguments)
    given.report.parent.mkdir(parents=True, exist_ok=True)
    locust = command(given.url, given.users, given.seconds, given.report, given.shop)
    status = subprocess.run(locust, check=False).returncode
    if given.report.is_file():
        sys.stdout.write(f"\nThe report: {given.report}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
