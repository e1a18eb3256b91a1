"""A seller who offers two books with covers, and stays: `python -m tests.boot.seller URL AUTHORITY`."""

import sys

from probe.bookstore import journey
from probe.bookstore.journey import Account
from probe.client import Browser


def main(root: str, authority: str) -> None:
    """Register the seller and offer the books."""
    seller = Browser(root, authority)
    journey.register(seller, Account.throw_away("seller"))
    for number in ("one", "two"):
        journey.sell(seller, f"Kept {number}")


if __name__ == "__main__":
    main(*sys.argv[1:])
