"""How long and how much to measure: everything, or just enough to see that the bench works."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Users at a time, seconds for each measurement, books on the shelves."""

    users: tuple[int, ...] = (1, 10, 50)
    rounds: int = 3
    seconds: float = 3
    purchase_seconds: float = 12
    people: int = 50
    people_seconds: float = 45
    think: float = 3
    shelves: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    repeats: int = 60
    databases: tuple[str, ...] = ("SQLite", "MariaDB")


FULL = Plan()
QUICK = Plan(
    users=(2,),
    rounds=1,
    seconds=1,
    purchase_seconds=2,
    people=2,
    people_seconds=2,
    think=0.2,
    shelves=(1_000, 2_000),
    repeats=3,
)


def cores() -> tuple[str, str]:
    """Return the core for the shop and the one for everything else (the same where there is only one)."""
    allowed = sorted(os.sched_getaffinity(0))
    return str(allowed[0]), str(allowed[-1])
