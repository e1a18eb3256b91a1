"""Loads a deployed shop with customers who look, think and buy; gives a verdict, and writes an HTML report.

    python -m probe.load URL USERS SECONDS [--shop sockshop] [--report FILE] [--p95 MILLISECONDS]

Customers delete their accounts when they leave, where the shop lets them; what they bought stays sold.
Exit status: 0 when no request failed and 95 of 100 pages came in time, 1 otherwise, 2 when the arguments
make no sense.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from probe.arguments import address, positive
from probe.page import ShopError
from probe.shops import SHOPS
from tools.errors import UserError, run_command

REPORT = Path("build/load.html")
PROMISED = 200  # ms within which 95 of 100 answers come
STOP = 30  # seconds in which customers end what they have begun


@dataclass(frozen=True)
class Outcome:
    """What the customers met.

    Args:
        requests: how many pages they asked for.
        failures: how many requests and errands failed.
        p95: milliseconds within which 95 of 100 pages came.
        slowest: the page that was the slowest in that, and its milliseconds.
    """

    requests: int
    failures: int
    p95: float
    slowest: tuple[str, float]

    def verdict(self, promised: int) -> tuple[int, str]:
        """Return the exit status and what is said."""
        in_time = self.requests > 0 and self.p95 <= promised
        lines = [
            f"{self.requests} pages, {self.failures} failures.",
            f"95 of 100 pages came within {self.p95:.0f} ms; promised are {promised} ms. "
            f"The slowest: {self.slowest[0]} {self.slowest[1]:.0f} ms.",
        ]
        well = in_time and not self.failures
        lines.append("The shop keeps its promise." if well else "The shop does not keep its promise.")
        return (0 if well else 1), "\n".join(lines)


def command(url: str, users: int, seconds: int, directory: Path, shop: str) -> list[str]:
    """Return how Locust is started: everybody arrives within the first tenth of the time."""
    return [
        *(sys.executable, "-m", "locust", "--locustfile", str(SHOPS[shop].customers), "--headless"),
        *("--host", url),
        *("--users", str(users), "--spawn-rate", str(max(1.0, users / max(1.0, seconds / 10)))),
        *(
            "--run-time",
            f"{seconds}s",
            "--stop-timeout",
            str(STOP),
            "--only-summary",
            "--loglevel",
            "WARNING",
        ),
        *("--html", str(directory / "report.html")),
        *("--exit-code-on-error", "0"),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m probe.load", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("url", type=address, help="the shop's address, e.g. http://127.0.0.1:8080")
    parser.add_argument("users", type=positive, help="how many customers at a time")
    parser.add_argument("seconds", type=positive, help="for how long")
    parser.add_argument("--shop", choices=SHOPS, default="bookstore", help="what is sold there")
    parser.add_argument(
        "--report", type=Path, default=REPORT, help=f"where the report goes (default {REPORT})"
    )
    parser.add_argument(
        "--p95", type=positive, default=PROMISED, help=f"the promised milliseconds (default {PROMISED})"
    )
    given = parser.parse_args(arguments)
    try:
        SHOPS[given.shop].scenario.arrive(given.url)
    except ShopError as error:
        raise UserError(
            f"There is no shop to load: {error}", f"see that it works first: make smoke URL={given.url}"
        ) from None
    with tempfile.TemporaryDirectory(prefix="load-") as directory:
        found = Path(directory)
        counted = found / "outcome.json"
        locust = command(given.url, given.users, given.seconds, found, given.shop)
        status = subprocess.run(
            locust, env={**os.environ, "PROBE_OUTCOME": str(counted)}, check=False
        ).returncode
        if status != 0 or not counted.is_file():
            raise UserError(
                f"Locust ended with status {status} before it had counted anything.",
                "see what it printed above",
            )
        if (report := found / "report.html").is_file():
            given.report.parent.mkdir(parents=True, exist_ok=True)
            given.report.write_bytes(report.read_bytes())
        verdict, said = Outcome(**json.loads(counted.read_text())).verdict(given.p95)
    print(f"\n{said}\nThe report: {given.report}")
    return verdict


if __name__ == "__main__":
    sys.exit(run_command(main))
