"""What the doubles have created, shared by their processes as a log of every call."""

import fcntl
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.engine.doubles.wire import Properties, reveal, texts

# They name other objects without using them, so AWS deletes what they name: alarms and dashboards show it, a
# log group is called after what writes to it.
WATCHERS = {
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that changed something or asked something.

    Args:
        operation: configure, invoke, create, fail, update or delete.
        type: of the resource; the token of a function.
        name: the resource's in the program.
        id: which object it is; empty for calls about none.
        naming: the input with the name that Pulumi generates.
        inputs: with the engine's marks on secrets.
    """

    operation: str
    type: str
    name: str = ""
    id: str = ""
    naming: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells one object from another: two types may use the same id."""
        return self.type, self.id

    def own_identifiers(self) -> set[str]:
        """Return the id and the ARN, unless they are another object's that this one refers to."""
        told = "\0".join(
            text for key, value in self.inputs.items() if key != self.naming for text in texts(reveal(value))
        )
        identifiers = {self.id, str(reveal(self.outputs.get("arn", "")))}
        return {text for text in identifiers if text and text not in told}


class Cloud:
    """All objects of all doubles that share a directory."""

    def __init__(self, directory: Path) -> None:
        self.log = directory / "calls.jsonl"
        directory.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        # The log only grows: what has been read of it is read once.
        self._calls: list[Call] = []
        self._live: dict[tuple[str, str], Call] = {}
        self._read = 0
        self._reading = threading.Lock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from reading and changing it meanwhile."""
        with (self.log.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def record(self, call: Call) -> None:
        """Log a call."""
        with self.log.open("a") as log:
            log.write(json.dumps(asdict(call)) + "\n")

    def calls(self) -> list[Call]:
        """Return every call so far."""
        with self._reading:
            self._catch_up()
            return list(self._calls)

    def live(self) -> dict[tuple[str, str], Call]:
        """Return the existing objects, each as it was last created or changed."""
        with self._reading:
            self._catch_up()
            return dict(self._live)

    def _catch_up(self) -> None:
        with self.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                call = Call(**json.loads(line))
                self._calls.append(call)
                if call.operation in ("create", "update"):
                    self._live[call.key] = call
                elif call.operation == "delete":
                    self._live.pop(call.key, None)

    def users(self, target: Call) -> list[str]:
        """Return the types and names of the live objects that refer to this one."""
        # Whole words: shop/user-db does not refer to the repository shop/user.
        own = re.compile(
            "|".join(f"{re.escape(each)}(?![\\w-])" for each in target.own_identifiers()) or "(?!)"
        )
        return [
            f"{other.type} {other.name}"
            for other in self.live().values()
            if other.key != target.key
            and other.type not in WATCHERS
            and any(own.search(text) for text in texts(reveal(other.inputs)))
        ]
