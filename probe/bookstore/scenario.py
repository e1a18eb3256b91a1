"""The way of a seller and a buyer through the BookStore: from the home page to a paid order, and back."""

from contextlib import suppress

from probe.bookstore import journey
from probe.bookstore.journey import Account
from probe.client import Browser
from probe.page import Page, ShopError
from probe.runner import Report, Scenario

REMEDIES = {
    "reach the shop": "Does the shop run, and does the way in (security group, NGINX, balancer) lead there?",
    "ask whether it is ready": "The answer says what is missing: the database, its password or a migration.",
    "open an account": "Too many tries from one address end here as well: wait a minute and try again.",
    "sell a book with a picture": "Can the shop write to COVERS_DIR? Does the way in let 5 MiB of upload in?",
    "see the picture": "Do all instances share COVERS_DIR, and does the way in pass /cover/ on?",
    "admin is closed to members": "A member must never see this page: take the shop off the Internet.",
}


class Visit:
    """Two customers and a stranger, who leave nothing behind that the shop lets them take away.

    Args:
        root: the shop's address.
        authority: a PEM file of the certificates to trust; None trusts the system's.
        told: takes the steps.
    """

    def __init__(self, root: str, authority: str | None, told: Report) -> None:
        self.seller, self.buyer, self.stranger = (Browser(root, authority) for _ in range(3))
        self.merchant, self.customer = Account.throw_away("seller"), Account.throw_away("buyer")
        self.mark = self.customer.email.partition("@")[0].rpartition("-")[2]
        self.told = told
        self._members: list[tuple[Browser, Account]] = []
        self._on_sale: list[str] = []

    def look(self) -> None:
        """See that the shop is open."""
        with self.told.step("reach the shop"):
            journey.expect(self.stranger.open("healthz"))
        with self.told.step("ask whether it is ready"):
            _ready(self.stranger.open("readyz"))
        with self.told.step("see the home page"):
            journey.expect(self.stranger.open(""))
        with self.told.step("browse the catalogue"):
            journey.browse(self.stranger)

    def sell(self) -> None:
        """Offer two books."""
        with self.told.step("open an account"):
            self._join(self.seller, self.merchant)
        with self.told.step("sell a book with a picture"):
            first = self._offer("one", "12.50")
        with self.told.step("sell another"):
            self._offer("two", "7.25")
        with self.told.step("find it by a search"):
            if first not in journey.search(self.stranger, f"{self.mark} one"):
                raise ShopError(f"searching for {self.mark!r} does not find {first}")
        with self.told.step("see the picture"):
            _picture(journey.cover(self.stranger, first))

    def buy(self) -> str:
        """Buy both; return the order's number."""
        first, second = self._on_sale
        with self.told.step("sign in as a second buyer"):
            self._join(self.buyer, self.customer)
            journey.sign_out(self.buyer)
            journey.sign_in(self.buyer, self.customer)
        with self.told.step("fill the cart"):
            journey.put_in_cart(self.buyer, first, 2)
            journey.put_in_cart(self.buyer, second)
        with self.told.step("check out"):
            payment = journey.check_out(self.buyer)
        with self.told.step("pay"):
            return journey.pay(self.buyer, payment)

    def read(self, number: str) -> None:
        """See that the order is the buyer's alone."""
        titles = (f"Smoke {self.mark} one", f"Smoke {self.mark} two")
        with self.told.step("read the order"):
            _contains(journey.expect(self.buyer.open(f"order/{number}")), *titles)
        with self.told.step("find it among my orders"):
            _listed(journey.expect(self.buyer.open("orders")), number)
        with self.told.step("others cannot read it"):
            journey.expect(self.seller.open(f"order/{number}"), 404)
        with self.told.step("admin is closed to members"):
            _closed(self.buyer.open("admin/users"))

    def change_mind(self) -> None:
        """Order a book, and cancel before it is paid."""
        with self.told.step("cancel an unpaid order"):
            journey.put_in_cart(self.buyer, self._on_sale[0])
            journey.cancel(self.buyer, journey.check_out(self.buyer))

    def leave(self, number: str) -> None:
        """Take down the books, and delete the accounts."""
        with self.told.step("take the books down"):
            while self._on_sale:
                journey.take_down(self.seller, self._on_sale.pop())
        with self.told.step("the order stays readable"):
            _contains(journey.expect(self.buyer.open(f"order/{number}")), f"Smoke {self.mark} one")
        with self.told.step("delete the accounts"):
            left = [
                account.email for browser, account in self._members if not journey.close(browser, account)
            ]
        if left:
            self.told.note(f"The shop has no page to delete accounts, so these stay: {', '.join(left)}.")

    def flee(self) -> None:
        """Take away what can be taken away when a step has failed."""
        for book in self._on_sale:
            with suppress(ShopError):
                journey.take_down(self.seller, book)
        for browser, account in self._members:
            with suppress(ShopError):
                journey.close(browser, account)

    def _join(self, browser: Browser, account: Account) -> None:
        self._members.append((browser, account))
        journey.register(browser, account)

    def _offer(self, number: str, price: str) -> str:
        self._on_sale.append(journey.sell(self.seller, f"Smoke {self.mark} {number}", price=price))
        return self._on_sale[-1]


def walk(root: str, authority: str | None, told: Report) -> None:
    """Go the whole way, in a shop at `root`. Raises ShopError at the first step that fails."""
    visit = Visit(root, authority, told)
    try:
        visit.look()
        visit.sell()
        number = visit.buy()
        visit.read(number)
        visit.change_mind()
        visit.leave(number)
    except ShopError:
        visit.flee()
        raise


def arrive(root: str) -> None:
    """Raise ShopError where no BookStore answers."""
    stranger = Browser(root)
    journey.expect(stranger.open("healthz"))
    journey.browse(stranger)


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


SCENARIO = Scenario(walk, arrive, REMEDIES, "the shop sells books")
