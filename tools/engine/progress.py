"""One live line on a terminal; elsewhere a plain line now and then, so that logs show life."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

PLAIN_EVERY = 30.0  # seconds


class Progress:
    """Tells how far a long step is, as often as the reader can use it."""

    def __init__(
        self,
        stream: TextIO = sys.stdout,
        clock: Callable[[], float] = time.monotonic,
        live: bool | None = None,
    ) -> None:
        self.stream = stream
        self.clock = clock
        self.live = stream.isatty() if live is None else live
        self.started = self.told = clock()

    def tell(self, state: str) -> None:
        """Show `state` with the time since the start: at once on a terminal, else every half minute."""
        now = self.clock()
        if self.live:
            self.stream.write(f"\r\033[K  {state} · {elapsed(now - self.started)}")
        elif now - self.told < PLAIN_EVERY:
            return
        else:
            self.stream.write(f"  {state} · {elapsed(now - self.started)}\n")
        self.told = now
        self.stream.flush()

    def end(self, result: str) -> None:
        """Replace the live line by what came of the step."""
        before = "\r\033[K" if self.live else ""
        self.stream.write(f"{before}  {result} · {elapsed(self.clock() - self.started)}\n")
        self.stream.flush()


def duration(seconds: float) -> str:
    """Return seconds as people say them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def elapsed(seconds: float) -> str:
    """Return seconds as minutes:seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
