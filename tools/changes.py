"""What a preview would change, from what to what: a digest of the engine's own record of it."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIGNS = {
    "update": "~",
    "replace": "+-",
    "create-replacement": "+-",
    "delete": "-",
}
WIDEST = 60  # characters of a value
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # how the engine writes what is known only after a change
INTERNAL = "__"  # what dynamic providers keep for themselves


class Record:
    """The events that the engine writes down while it previews."""

    # The option is one of those that Pulumi hides.
    environment: Mapping[str, str] = {"PULUMI_DEBUG_COMMANDS": "true"}

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def options(self) -> list[str]:
        """Return the engine's options."""
        return ["--event-log", str(self._file)]

    def digest(self) -> str:
        """Return a line for each property that changes; empty where none does."""
        lines: list[str] = []
        for step in self._steps():
            urn = step["urn"].split("::")
            if step["op"] not in SIGNS or "pulumi:providers:" in urn[-2]:
                continue
            properties = _changed(step)
            if step["op"] == "delete" or properties:
                lines += ["", f"{SIGNS[step['op']]:<2} {urn[-2].rpartition('$')[2]} {urn[-1]}"]
                lines += properties
        return "\n".join(["", "What changes:", *lines[1:], ""]) if lines else ""

    def _steps(self) -> Iterator[dict[str, Any]]:
        if not self._file.is_file():
            return
        for line in self._file.read_text(errors="replace").splitlines():
            event = json.loads(line)
            if found := (event.get("resourcePreEvent") or {}).get("metadata"):
                yield found


@contextmanager
def recorded() -> Iterator[Record]:
    """Return a record that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="bookstore-") as directory:
        yield Record(Path(directory) / "events.json")


def _changed(step: Mapping[str, Any]) -> list[str]:
    """Return `name  old → new` for each property of a step that changes."""
    if step["op"] == "delete":
        return []
    old, new = ((step.get(state) or {}).get("inputs") or {} for state in ("old", "new"))
    paths = [*_differences(old, new)]
    width = max((len(path) for path, _, _ in paths), default=0)
    return [f"     {path:<{width}}   {_shown(before)} → {_shown(after)}" for path, before, after in paths]


def _differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            if not name.startswith(INTERNAL):
                yield from _differences(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]")
    elif old != new:
        yield path, old, new


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, str) and UNKNOWN in value:
        return "(known after up)"
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
