"""Waiting for conditions, with a limit that a busy computer does not reach."""

import time
from collections.abc import Callable

SECONDS = 300.0


def until(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Return as soon as the condition holds. Raises TimeoutError, which names what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.1)
