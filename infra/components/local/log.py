"""The server's log: its last lines, its growth, its end."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGE = 10 * 2**20  # bytes


@dataclass(frozen=True)
class Log:
    """A file that others append to.

    Args:
        path: where it is; it need not exist yet.
    """

    path: Path

    def tail(self, lines: int) -> list[str]:
        """The last lines, without line ends."""
        try:
            with self.path.open(errors="replace") as file:
                return [line.rstrip("\n") for line in deque(file, maxlen=lines)]
        except OSError:
            return []

    def follow(self) -> Iterator[str]:
        """Lines as they are written from now on, also after the file was set aside."""
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

    def set_aside(self) -> None:
        """Keep a large file under another name, in place of the one before; its writer opens a new one."""
        if self.path.exists() and self.path.stat().st_size > LARGE:
            self.path.replace(self.path.with_suffix(".1.log"))
