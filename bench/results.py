"""What a run of the bench found out, as it is kept between measuring and writing about it."""

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
        """Requests a second, all pages together."""
        return sum(timing.rate for timing in self.pages.values())


@dataclass(frozen=True)
class Question:
    """One address of the catalogue, and its median in milliseconds by the number of books on the shelves."""

    name: str
    database: str
    milliseconds: dict[int, float]

    @property
    def ratio(self) -> float:
        """How much longer the largest shelf takes than the smallest."""
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
    """Everything, with what it was measured on."""

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
        """Keep them as JSON."""
        file.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, file: Path) -> "Results":
        """Read what `save` kept."""
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
    """The timing with the median rate, which one disturbed round cannot shift; failures of all are kept."""
    chosen = sorted(timings, key=lambda timing: timing.rate)[len(timings) // 2]
    failed = sum(timing.failed for timing in timings)
    return Timing(chosen.rate, chosen.p50, chosen.p95, chosen.p99, failed)
