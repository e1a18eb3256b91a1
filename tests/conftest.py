"""Settings of all tests: Hypothesis without deadlines, and in CI with the same examples on every run.

Where test machines cannot be made, their tests are not collected, and the report says so. In CI they are
collected all the same, and fail.
"""

import os

import pytest
from hypothesis import settings

from tests.boot import abilities

NO_MACHINES = None if os.environ.get("CI") else abilities.missing()
collect_ignore = ["boot"] if NO_MACHINES else []

settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report what was not collected."""
    if NO_MACHINES:
        terminalreporter.write_line(f"tests/boot was not collected: {NO_MACHINES}.")
