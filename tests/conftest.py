"""What every test shares, and the last words of a run: what it left out here, and how long it took.

Hypothesis has no deadlines, and in CI the same examples on every run. Where machines of namespaces cannot be
made, their tests are not collected, and the report says so. CI collects them all the same: there they fail.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.boot import abilities

NO_MACHINES = None if os.environ.get("CI") else abilities.missing()
SLOWEST = 5  # files
STARTED = time.monotonic()
collect_ignore = ["boot"] if NO_MACHINES else []

settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say after everything else what was left out and why, how long it took, and which files took longest."""
    yield
    left_out = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    lines = [f"{count} tests: {why}" for why, count in left_out.items()]
    if NO_MACHINES:
        lines.insert(0, f"tests/boot, on machines of its own: {NO_MACHINES}")
    took: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took[report.location[0]] += round(report.duration * 1000)
    seconds = time.monotonic() - STARTED
    terminalreporter.section("this run")
    terminalreporter.write_line(
        "\n  ".join(["Left out on this machine:", *lines]) if lines else "Left out: nothing"
    )
    terminalreporter.write_line(f"Took {seconds // 60:.0f} min {seconds % 60:.0f} s; the slowest files:")
    for file, milliseconds in took.most_common(SLOWEST):
        terminalreporter.write_line(f"  {milliseconds / 1000:6.0f} s  {file}")
