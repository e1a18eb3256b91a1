"""Sock Shop's customers, for Locust: most look at socks, some buy, and all think before each page."""

from probe.client import Client
from probe.shopper import CHANCE, Shopper
from probe.sockshop import journey
from probe.sockshop.journey import Account


class Customer(Shopper):
    """Looks at the catalogue and at two socks, and buys one time in five."""

    purchase = "buy socks"

    def arrive(self) -> None:
        """Open an account, with an address and a card."""
        self.number = journey.register(self.browser, Account.throw_away("load"))
        journey.settle(self.browser)

    def look(self) -> None:
        """Go from the catalogue to two socks and their pictures."""
        socks = journey.browse(self.browser)
        for sock in CHANCE.sample(socks, min(2, len(socks))):
            journey.expect(self.browser.open(f"catalogue/{sock.id}"))
            journey.expect(self.browser.open(sock.pictures[0].lstrip("/")))

    def buy(self) -> None:
        """Buy a pair of socks."""
        sock = CHANCE.choice(journey.affordable(journey.browse(self.browser), 1))
        journey.put_in_cart(self.browser, sock, 1)
        journey.order(self.browser, sock.price + journey.SHIPPING)
        journey.empty_cart(self.browser)

    def leave(self, browser: Client) -> str:
        """Delete the account; orders stay."""
        journey.close(browser, self.number)
        return ""
