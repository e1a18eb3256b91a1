"""Log files: tail, follow, rotate."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_SIZE = 10 * 2**20  # bytes


@dataclass(frozen=True)
class Log:
    """A log file that another process writes.

    Args:
        path: the file, which need not exist yet.
    """

    path: Path

    def tail(self, lines: int) -> list[str]:
        """Return the last lines, without line ends."""
        try:
            with self.path.open(errors="replace") as file:
                return [line.rstrip("\n") for line in deque(file, maxlen=lines)]
        except OSError:
            return []

    def follow(self) -> Iterator[str]:
        """Yield new lines as they arrive, also from the next file after a rotation."""
        file = None
        try:
            while True:
                if file is None and self.path.exists():
                    file = self.path.open(errors="replace")
                    file.seek(0, 2)
                line = file.readline() if file else ""
                if line:
                    yield line.rstrip("\n")
                    continue
                if file and (not self.path.exists() or self.path.stat().st_size < file.tell()):
                    file.close()
                    file = None
                time.sleep(0.2)
        finally:
            if file:
                file.close()

    def rotate(self) -> None:
        """Rename a file that is too large, replacing the one before; the writer then opens a new file."""
        if self.path.exists() and self.path.stat().st_size > MAX_SIZE:
            self.path.replace(self.path.with_suffix(".1.log"))
