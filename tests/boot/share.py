"""A cover uploaded through one server is seen through the other: `python -m tests.boot.share ONE OTHER`.

Raises ShopError otherwise.
"""

import sys

from probe.bookstore import journey
from probe.bookstore.journey import Account
from probe.client import Browser
from probe.page import ShopError


def main(one: str, other: str) -> None:
    """Sell a book on one server, look at it on both."""
    seller = Browser(one)
    journey.register(seller, Account.throw_away("seller"))
    book = journey.sell(seller, f"Seen by {other}")
    uploaded = journey.cover(seller, book)
    seen = journey.cover(Browser(other), book.replace(one, other))
    if (seen.body, seen.content_type) != (uploaded.body, uploaded.content_type):
        raise ShopError(f"{seen.address} is not the picture that was uploaded by {one}")
    print("the picture is seen by both")


if __name__ == "__main__":
    main(*sys.argv[1:])
