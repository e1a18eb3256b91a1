"""Ends a process that the engine started when the engine is gone: killed, it cannot end them itself."""

import os
import sys
import threading

LOOK_EVERY = 1.0  # seconds


def end_with_parent(stop: threading.Event) -> None:
    """Return when `stop` is set; end the process when its parent has died."""
    parent = os.getppid()
    while os.getppid() == parent:
        if stop.wait(LOOK_EVERY):
            return
    sys.stdout.flush()
    os._exit(0)
