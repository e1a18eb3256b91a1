"""Customers of the shop for as long as a block lasts, and the result of each of their requests."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.boot.customers import CUSTOMERS, PURCHASE, Done
from tests.boot.network import Network
from tests.boot.patience import until


class Load:
    """Customers: `with Load(network, url, authority)`. At the end they finish what they began."""

    def __init__(self, network: Network, url: str, authority: Path) -> None:
        self._network, self._words = network, ("tests.boot.customers", url, str(authority))
        self._log = network.folder / "customers.log"

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[bytes] = self._network.serve_python("customers", *self._words)
        self.wait_for_purchases()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def done(self) -> list[Done]:
        """Return all finished requests and purchases."""
        lines = self._log.read_text().split("\n")[:-1]
        return [Done(**json.loads(line)) for line in lines if line.startswith("{")]

    def failed(self) -> list[Done]:
        """Return those that failed."""
        return [done for done in self.done() if done.failure]

    def purchases(self) -> int:
        """Return how many purchases succeeded."""
        return len([done for done in self.done() if done.what == PURCHASE and not done.failure])

    def wait_for_purchases(self) -> None:
        """Wait until every customer has bought something, twice."""
        enough = self.purchases() + 2 * CUSTOMERS

        def look() -> bool:
            if self._process.poll() is not None:
                raise RuntimeError(f"the customers went away:\n{self._log.read_text()[-4000:]}")
            return self.purchases() >= enough

        until(look, "customers to buy")
