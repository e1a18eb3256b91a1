"""Customers who never stop asking, to see whether a request fails."""

import itertools
import threading
from types import TracebackType

from tests.engine.checkout import eventually, get

CUSTOMERS = 4


class Load:
    """Requests one after the other from several threads, for as long as the block lasts.

    Args:
        port: the port of the shop.
        path: what they ask for.
    """

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._stop = threading.Event()
        self._served = itertools.count()
        self.served = 0
        self.failures: list[tuple[int, str]] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(CUSTOMERS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        self.wait_for_more()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self) -> None:
        """Wait until more customers have been answered."""
        enough = self.served + 10 * CUSTOMERS
        eventually(lambda: self.served >= enough or self.failures)

    def _ask(self) -> None:
        while not self._stop.is_set():
            status, body = get(self._port, self._path)
            if status != 200:
                self.failures.append((status, body))
            self.served = next(self._served)
