"""How much memory and processor time a process and everything it started take."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

MIB = 1024 * 1024
INTERVAL_SECONDS = 0.25


@dataclass
class Use:
    """`memory` is the largest seen, `worker` that of the largest process alone, in MiB; `cpu` in cores."""

    memory: float = 0.0
    worker: float = 0.0
    cpu: float = 0.0


def memory(pid: int) -> tuple[float, float]:
    """MiB of the whole family, and of its largest member.

    Memory that processes share is divided among them (PSS), so that the sum is what the machine gives.
    """
    sizes = [process.memory_full_info().pss / MIB for process in _family(pid)]
    return sum(sizes), max(sizes)


@contextmanager
def watching(pid: int) -> Iterator[Use]:
    """Watch a process and its children; the answer is complete when the `with` block has ended."""
    use = Use()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(INTERVAL_SECONDS):
            try:
                whole, largest = memory(pid)
            except psutil.NoSuchProcess:
                continue  # a worker was just replaced
            use.memory, use.worker = max(use.memory, whole), max(use.worker, largest)

    watcher = threading.Thread(target=look)
    start, before = time.monotonic(), _cpu_seconds(pid)
    watcher.start()
    try:
        yield use
    finally:
        use.cpu = (_cpu_seconds(pid) - before) / (time.monotonic() - start)
        ended.set()
        watcher.join()


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _cpu_seconds(pid: int) -> float:
    times = [process.cpu_times() for process in _family(pid)]
    return float(sum(one.user + one.system for one in times))
