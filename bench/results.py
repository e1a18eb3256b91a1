"""The results of a run, saved between measuring and rendering."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.load import Timing


@dataclass(frozen=True)
class Page:
    """One page, or the whole purchase, asked for without a pause by so many users.

    `timing` counts purchases where the name is "purchase"; `requests` is how many a second they took.
    """

    name: str
    database: str
    users: int
    timing: Timing
    requests: float


@dataclass(frozen=True)
class Thoughtful:
    """People who think between pages: `pages` by name, processor time in cores, requests a second."""

    database: str
    users: int
    think: float
    cpu: float
    pages: dict[str, Timing]

    @property
    def rate(self) -> float:
        """Return the requests per second of all pages."""
        return sum(timing.rate for timing in self.pages.values())


@dataclass(frozen=True)
class Question:
    """One address of the catalogue, and its median in milliseconds by the number of books on the shelves."""

    name: str
    database: str
    milliseconds: dict[int, float]

    @property
    def ratio(self) -> float:
        """Return how much longer the largest number of books takes than the smallest."""
        return self.milliseconds[max(self.milliseconds)] / self.milliseconds[min(self.milliseconds)]


@dataclass(frozen=True)
class Memory:
    """MiB of the service (master and workers), and of its largest process, at rest and under load."""

    database: str
    workers: int
    rest: float
    rest_worker: float
    load: float
    load_worker: float


@dataclass
class Results:
    """All results, and the machine and commit that they belong to."""

    machine: str
    date: str
    commit: str
    quick: bool
    page_bytes: int
    pages: list[Page] = field(default_factory=list)
    people: list[Thoughtful] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)

    def save(self, file: Path) -> None:
        """Save the results as JSON."""
        file.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, file: Path) -> "Results":
        """Load what `save` saved."""
        read = json.loads(file.read_text())
        read["pages"] = [Page(**page | {"timing": Timing(**page["timing"])}) for page in read["pages"]]
        read["people"] = [
            Thoughtful(**one | {"pages": {name: Timing(**timing) for name, timing in one["pages"].items()}})
            for one in read["people"]
        ]
        read["questions"] = [
            Question(**one | {"milliseconds": {int(size): ms for size, ms in one["milliseconds"].items()}})
            for one in read["questions"]
        ]
        read["memory"] = [Memory(**one) for one in read["memory"]]
        return cls(**read)


def middle(timings: list[Timing]) -> Timing:
    """Return the timing with the median rate, which one disturbed round cannot shift, and all failures."""
    chosen = sorted(timings, key=lambda timing: timing.rate)[len(timings) // 2]
    failed = sum(timing.failed for timing in timings)
    return Timing(chosen.rate, chosen.p50, chosen.p95, chosen.p99, failed)
