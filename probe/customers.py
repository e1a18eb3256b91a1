"""The customers of a load test, for Locust: most look around, some buy, and all think before each page."""

from locust import tag, task
from locust.exception import StopUser

from probe import journey
from probe.journey import Account
from probe.page import ShopError
from probe.shopper import CHANCE, Shopper

WORDS = ("sea", "love", "war", "island", "history", "night", "travels", "house", "garden", "shakespeare")


class Customer(Shopper):
    """Looks at the catalogue, searches, reads about books, and buys one in five times."""

    def on_start(self) -> None:
        """Everybody arrives with an account of their own, as members do."""
        super().on_start()
        try:
            journey.register(self.browser, Account.throw_away("load"))
        except ShopError as error:
            raise StopUser from error

    @tag("look")
    @task(4)
    def look_around(self) -> None:
        """From a search, or the catalogue where that finds nothing, to two books."""
        self.run_errand("look around", self._look)

    @tag("buy")
    @task(1)
    def buy(self) -> None:
        """A book from the catalogue, to the paid order."""
        self.run_errand("buy a book", self._buy)

    def _look(self) -> None:
        found = journey.search(self.browser, CHANCE.choice(WORDS)) or journey.browse(self.browser)
        for book in CHANCE.sample(found, min(2, len(found))):
            journey.expect(self.browser.open(book))

    def _buy(self) -> None:
        books = journey.browse(self.browser)
        if not books:
            raise ShopError("the catalogue is empty: there is nothing to buy")
        journey.put_in_cart(self.browser, CHANCE.choice(books))
        journey.pay(self.browser, journey.check_out(self.browser))
