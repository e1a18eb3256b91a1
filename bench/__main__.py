"""Measures the shop and writes bench.md and bench.svg.

    python -m bench [--quick] [--out FOLDER]

Needs wrk, MariaDB and two quiet cores, and about a quarter of an hour; with --quick a minute or two,
for numbers that mean nothing. Large shelves of books are kept in build/bench for the next time.
"""

import argparse
import datetime
import platform
import subprocess
import sys
from pathlib import Path

from bench import plot, table
from bench.load import wrk
from bench.measure import measure, tell
from bench.plan import FULL, QUICK
from bench.results import Results
from bench.serving import ROOT
from tools.errors import UserError, run_command


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only see that the bench works")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="where the results go (default docs)")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", help="where servers keep their data"
    )
    parser.add_argument(
        "--render", action="store_true", help="write about the last run again, measure nothing"
    )
    given = parser.parse_args()
    kept = given.work / "results.json"
    if given.render:
        if not kept.exists():
            raise UserError(f"There are no results in {kept}.", "Measure first: make bench")
        results = Results.load(kept)
    else:
        wrk()
        given.work.mkdir(parents=True, exist_ok=True)
        results = Results(
            _machine(), datetime.datetime.now(datetime.UTC).date().isoformat(), _commit(), given.quick, 0
        )
        measure(QUICK if given.quick else FULL, given.work, results)
        results.save(kept)
    for name, text in (("bench.md", table.write(results)), ("bench.svg", plot.draw(results))):
        (given.out / name).write_text(text, encoding="utf-8")
        tell(f"wrote {given.out / name}")
    return 0


def _machine() -> str:
    names = Path("/proc/cpuinfo")
    models = (
        [line for line in names.read_text().splitlines() if line.startswith("model name")]
        if names.exists()
        else []
    )
    model = models[0].partition(": ")[2] if models else platform.machine()
    return f"{len(models) or 1} × {model}, Python {platform.python_version()}"


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(run_command(main))
