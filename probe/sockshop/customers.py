"""The customers of a load test of Sock Shop, for Locust: most look at socks, some buy, and all think."""

from locust import tag, task
from locust.exception import StopUser

from probe.page import ShopError
from probe.shopper import CHANCE, Shopper
from probe.sockshop import journey
from probe.sockshop.journey import Account


class Customer(Shopper):
    """Looks at the catalogue and at two socks, and buys one time in five."""

    def on_start(self) -> None:
        """Everybody arrives with an account, an address and a card."""
        super().on_start()
        try:
            journey.register(self.browser, Account.throw_away("load"))
            journey.settle(self.browser)
        except ShopError as error:
            raise StopUser from error

    @tag("look")
    @task(4)
    def look_around(self) -> None:
        """From the catalogue to two socks and their pictures."""
        self.run_errand("look around", self._look)

    @tag("buy")
    @task(1)
    def buy(self) -> None:
        """A pair of socks, to the paid order."""
        self.run_errand("buy socks", self._buy)

    def _look(self) -> None:
        socks = journey.browse(self.browser)
        for sock in CHANCE.sample(socks, min(2, len(socks))):
            journey.expect(self.browser.open(f"catalogue/{sock.id}"))
            journey.expect(self.browser.open(sock.pictures[0].lstrip("/")))

    def _buy(self) -> None:
        sock = CHANCE.choice(journey.affordable(journey.browse(self.browser), 1))
        journey.put_in_cart(self.browser, sock, 1)
        journey.order(self.browser, sock.price + journey.SHIPPING)
        journey.empty_cart(self.browser)
