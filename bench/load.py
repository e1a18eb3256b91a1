"""Load from tools that are made for it: wrk for single pages, Locust for people with an errand."""

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.serving import ROOT
from tools.errors import UserError

SCRIPT = Path(__file__).with_name("report.lua")
LONGEST = 1800  # seconds
CUSTOMERS = ROOT / "probe" / "bookstore" / "customers.py"


@dataclass(frozen=True)
class Timing:
    """Answers a second, times in milliseconds, and how many requests failed."""

    rate: float
    p50: float
    p95: float
    p99: float
    failed: int


def wrk() -> str:
    """Return the path of wrk. Raises UserError when it is missing."""
    found = shutil.which("wrk")
    if found is None:
        raise UserError("wrk is missing.", "on Debian and Ubuntu: sudo apt-get install wrk")
    return found


def hammer(url: str, users: int, seconds: float, cores: str, cookie: str = "") -> Timing:
    """Ask for one page again and again on `users` connections, without a pause; all have the same cookie."""
    command = [
        *("taskset", "--cpu-list", cores, wrk(), "--threads", "1", "--connections", str(users)),
        *("--duration", f"{max(1, round(seconds))}s", "--timeout", "30s", "--script", str(SCRIPT)),
        *(("--header", f"Cookie: {cookie}") if cookie else ()),
        url,
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Timing(**json.loads(done.stdout.splitlines()[-1]))


@dataclass(frozen=True)
class Visit:
    """How the people of one run fared: by page, and by errand (waiting for the shop, no thinking)."""

    pages: dict[str, Timing]
    errands: dict[str, Timing]

    @property
    def failed(self) -> int:
        """Return how many requests and errands failed."""
        return sum(timing.failed for timing in (*self.pages.values(), *self.errands.values()))


def visit(
    url: str, users: int, seconds: float, cores: str, folder: Path, *, think: float, errand: str = ""
) -> Visit:
    """Let `users` people into the shop, who think `think` seconds before each page.

    They look and buy, or do only what `errand` names. Their arrival is not counted. Where nobody gets
    the errand done in time, they have twice as long, and again, for half an hour at most.
    """
    seen = _visit(url, users, seconds, cores, folder, think=think, errand=errand)
    if errand and not seen.errands and seconds < LONGEST:
        return visit(url, users, 2 * seconds, cores, folder, think=think, errand=errand)
    return seen


def _visit(
    url: str, users: int, seconds: float, cores: str, folder: Path, *, think: float, errand: str
) -> Visit:
    prefix = folder / "people"
    rate = max(1, users / 10)
    command = [
        *("taskset", "--cpu-list", cores, sys.executable, "-m", "locust"),
        *(
            "--locustfile",
            str(CUSTOMERS),
            "--headless",
            "--host",
            url,
            "--users",
            str(users),
            "--spawn-rate",
            str(rate),
            "--reset-stats",
        ),
        *("--run-time", f"{round(users / rate + seconds)}s", "--stop-timeout", "5", "--think", str(think)),
        *("--csv", str(prefix), "--only-summary", "--loglevel", "ERROR", "--exit-code-on-error", "0"),
        *(("--tags", errand) if errand else ()),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    pages: dict[str, Timing] = {}
    errands: dict[str, Timing] = {}
    with Path(f"{prefix}_stats.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            # One without a request was asked for before all had come.
            if row["Name"] != "Aggregated" and row["Request Count"] != "0":
                into = errands if row["Type"] == "ERRAND" else pages
                name = row["Name"] if row["Type"] in {"ERRAND", "GET"} else f"{row['Name']} (form)"
                into[name] = _timing(row)
    return Visit(pages, errands)


def _timing(row: dict[str, str]) -> Timing:
    p50, p95, p99 = (float(row[column]) for column in ("50%", "95%", "99%"))
    return Timing(float(row["Requests/s"]), p50, p95, p99, int(row["Failure Count"]))
