"""Walks the whole purchase journey through a deployed shop and says how each step went.

    python -m probe.smoke URL [--authority FILE]

Leaves behind two accounts and one paid order, and nothing on sale. Exit status: 0 when every step went well,
1 when one did not, 2 when the arguments make no sense.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from probe import arguments, journey
from probe.client import Browser
from probe.journey import Account
from probe.page import Page, ShopError

REMEDIES = {
    "reach the shop": "Does the shop run, and does the way in (security group, NGINX, balancer) lead there?",
    "ask whether it is ready": "The answer says what is missing: the database, its password or a migration.",
    "open an account": "Too many tries from one address end here as well: wait a minute and try again.",
    "sell a book with a picture": "Can the shop write to COVERS_DIR? Does the way in let 5 MiB of upload in?",
    "see the picture": "Do all instances share COVERS_DIR, and does the way in pass /cover/ on?",
    "admin is closed to members": "A member must never see this page: take the shop off the Internet.",
}
LOOK_AT_LOG = "The shop's log tells why: look for the request id, or for this address."


class Report:
    """One line a step on standard output: what, how long, and for the step that fails, why and what to do."""

    def __init__(self, write: Callable[[str], object], remedies: Mapping[str, str]) -> None:
        self._write = write
        self._remedies = remedies
        self.total_ms = 0.0
        self.steps = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done inside, and report it under this name."""
        start = time.perf_counter()
        try:
            yield
        except ShopError as error:
            self._line("✗", name, start)
            self._write(f"\n{error}\n{self._remedies.get(name, LOOK_AT_LOG)}\n")
            raise
        self._line("✓", name, start)

    def _line(self, mark: str, name: str, start: float) -> None:
        elapsed = (time.perf_counter() - start) * 1000
        self.total_ms += elapsed
        self.steps += 1
        self._write(f"{mark} {name:<32}{elapsed:>8.0f} ms\n")


def walk(root: str, authority: str | None, told: Report) -> None:
    """The journey, for a shop at `root`. Raises ShopError at the first step that fails."""
    seller, buyer, stranger = (Browser(root, authority) for _ in range(3))
    customer = Account.throw_away("buyer")
    with told.step("reach the shop"):
        journey.expect(stranger.open("healthz"))
    with told.step("ask whether it is ready"):
        _ready(stranger.open("readyz"))
    with told.step("see the home page"):
        journey.expect(stranger.open(""))
    with told.step("browse the catalogue"):
        journey.browse(stranger)
    with told.step("open an account"):
        journey.register(seller, Account.throw_away("seller"))
    mark = customer.email.partition("@")[0].rpartition("-")[2]
    with told.step("sell a book with a picture"):
        first = journey.sell(seller, f"Smoke {mark} one")
    with told.step("sell another"):
        second = journey.sell(seller, f"Smoke {mark} two", price="7.25")
    with told.step("find it by a search"):
        if first not in journey.search(stranger, f"{mark} one"):
            raise ShopError(f"searching for {mark!r} does not find {first}")
    with told.step("see the picture"):
        _picture(journey.cover(stranger, first))
    with told.step("sign in as a second buyer"):
        journey.register(buyer, customer)
        journey.sign_out(buyer)
        journey.sign_in(buyer, customer)
    with told.step("fill the cart"):
        journey.put_in_cart(buyer, first, 2)
        journey.put_in_cart(buyer, second)
    with told.step("check out"):
        payment = journey.check_out(buyer)
    with told.step("pay"):
        number = journey.pay(buyer, payment)
    with told.step("read the order"):
        _contains(journey.expect(buyer.open(f"order/{number}")), f"Smoke {mark} one", f"Smoke {mark} two")
    with told.step("find it among my orders"):
        _listed(journey.expect(buyer.open("orders")), number)
    with told.step("others cannot read it"):
        journey.expect(seller.open(f"order/{number}"), 404)
    with told.step("admin is closed to members"):
        _closed(buyer.open("admin/users"))
    with told.step("take the books down"):
        journey.take_down(seller, first)
        journey.take_down(seller, second)
    with told.step("the order stays readable"):
        _contains(journey.expect(buyer.open(f"order/{number}")), f"Smoke {mark} one")


def _ready(page: Page) -> None:
    if page.status != 200:
        raise ShopError(
            f"{page.address} answered {page.status}: {page.body.decode(errors='replace').strip()}"
        )


def _picture(page: Page) -> None:
    if not page.content_type.startswith("image/") or not page.body:
        raise ShopError(f"{page.address} is {page.content_type or 'of no type'}, not a picture")


def _contains(page: Page, *titles: str) -> None:
    for title in titles:
        if title not in page.text:
            raise ShopError(f"{page.address} does not show “{title}”")


def _listed(page: Page, number: str) -> None:
    if not any(page.matching(rf".*/order/{number}")):
        raise ShopError(f"{page.address} does not list order {number}")


def _closed(page: Page) -> None:
    if page.status not in {403, 404}:
        raise ShopError(f"{page.address} answered {page.status} to a member where 403 was expected")


def main(given: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    return report(walk, REMEDIES, "the shop sells books", "probe.smoke", given)


def report(
    journey_of: Callable[[str, str | None, Report], None],
    remedies: Mapping[str, str],
    verdict: str,
    module: str,
    given: list[str] | None,
) -> int:
    """Take a journey through the shop that the command line names, and tell how it went; an exit status."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}", description="Walks a whole purchase through a deployed shop."
    )
    parser.add_argument("url", type=arguments.address, help="the shop's address, e.g. http://127.0.0.1:8080")
    parser.add_argument("--authority", type=arguments.file, metavar="FILE", help="certificates to trust, PEM")
    options = parser.parse_args(given)
    told = Report(sys.stdout.write, remedies)
    try:
        journey_of(options.url, options.authority, told)
    except ShopError:
        return 1
    sys.stdout.write(f"\n{told.steps} steps in {told.total_ms / 1000:.1f} s: {verdict}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
