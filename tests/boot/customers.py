"""Customers who buy until standard input closes: `python -m tests.boot.customers URL AUTHORITY`.

Prints one line of JSON for each answered request, and for each finished purchase.
"""

import json
import secrets
import sys
import threading
import time
from dataclasses import asdict, dataclass

from probe.bookstore import journey
from probe.bookstore.journey import Account
from probe.client import Browser, Request
from probe.page import Page, ShopError

CUSTOMERS = 4
PURCHASE = "purchase"
THINK_SECONDS = 0.1


@dataclass(frozen=True)
class Done:
    """A request or a purchase: when it began, and why it failed, if it did."""

    began: float
    what: str
    failure: str | None


class Customer(Browser):
    """A customer who looks at a book's cover, buys the book and pays, again and again, on any server."""

    def __init__(self, root: str, authority: str, enough: threading.Event) -> None:
        super().__init__(root, authority)
        self._authority, self._enough = authority, enough

    def send(self, request: Request) -> Page:
        """Wait a moment, send a request, and report it."""
        self._enough.wait(THINK_SECONDS)
        began, failure = time.monotonic(), None
        try:
            page = super().send(request)
            if page.status >= 400:
                failure = f"status {page.status}"
            return page
        except ShopError as error:
            failure = str(error)
            raise
        finally:
            say(Done(began, f"{request.method} {request.address}", failure))

    def live(self) -> None:
        """Buy until told to stop."""
        seller, mark = Customer(self.root, self._authority, self._enough), secrets.token_hex(4)
        journey.register(seller, Account.throw_away("seller"))
        book = journey.sell(seller, f"Load {mark}", stock=500)
        journey.register(self, Account.throw_away("customer"))
        while not self._enough.is_set():
            began, failure = time.monotonic(), None
            try:
                journey.cover(self, book)
                journey.put_in_cart(self, book)
                journey.pay(self, journey.check_out(self))
            except ShopError as error:
                failure = str(error)
            say(Done(began, PURCHASE, failure))


def say(done: Done) -> None:
    """Print one whole line."""
    sys.stdout.write(json.dumps(asdict(done)) + "\n")
    sys.stdout.flush()


def main(root: str, authority: str) -> None:
    """Run the customers."""
    enough = threading.Event()
    customers = [threading.Thread(target=Customer(root, authority, enough).live) for _ in range(CUSTOMERS)]
    for customer in customers:
        customer.start()
    sys.stdin.read()
    enough.set()
    for customer in customers:
        customer.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
