"""Runs a scenario, a customer's way through a shop, and says how each of its steps went."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from probe.page import ShopError

LOOK_AT_LOG = "The shop's log tells why: look for the request id, or for this address."


class Report:
    """One line a step: what, how long, and for the step that fails, why and what to do."""

    def __init__(self, write: Callable[[str], object], remedies: Mapping[str, str]) -> None:
        self._write = write
        self._remedies = remedies
        self.total_ms = 0.0
        self.steps = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done inside, and report it under this name."""
        start = time.perf_counter()
        try:
            yield
        except ShopError as error:
            self._line("✗", name, start)
            self._write(f"\n{error}\n{self._remedies.get(name, LOOK_AT_LOG)}\n")
            raise
        self._line("✓", name, start)

    def note(self, text: str) -> None:
        """Report something beside the steps."""
        self._write(f"\n{text}\n")

    def _line(self, mark: str, name: str, start: float) -> None:
        elapsed = (time.perf_counter() - start) * 1000
        self.total_ms += elapsed
        self.steps += 1
        self._write(f"{mark} {name:<32}{elapsed:>8.0f} ms\n")


@dataclass(frozen=True)
class Scenario:
    """What a customer does in one kind of shop.

    Args:
        walk: goes the whole way through the shop at an address, trusting a file of certificates besides the
            system's; raises ShopError at the first step that fails.
        arrive: opens the shop's first page and raises ShopError where no such shop answers.
        remedies: what to do when a step fails, by its name.
        verdict: what is said when all went well.
    """

    walk: Callable[[str, str | None, Report], None]
    arrive: Callable[[str], None]
    remedies: Mapping[str, str]
    verdict: str


def run(scenario: Scenario, url: str, authority: str | None, write: Callable[[str], object]) -> int:
    """Run a scenario; return 0 when every step went well, else 1."""
    report = Report(write, scenario.remedies)
    try:
        scenario.walk(url, authority, report)
    except ShopError:
        return 1
    write(f"\n{report.steps} steps in {report.total_ms / 1000:.1f} s: {scenario.verdict}.\n")
    return 0
