"""The BookStore's customers, for Locust: most look around, some buy, and all think before each page."""

from probe.bookstore import journey
from probe.bookstore.journey import Account
from probe.client import Client
from probe.page import ShopError
from probe.shopper import CHANCE, Shopper

WORDS = ("sea", "love", "war", "island", "history", "night", "travels", "house", "garden", "shakespeare")


class Customer(Shopper):
    """Searches, reads about books, and buys one in five times."""

    purchase = "buy a book"

    def arrive(self) -> None:
        """Open an account."""
        self.account = Account.throw_away("load")
        journey.register(self.browser, self.account)

    def look(self) -> None:
        """Go from a search, or the catalogue where that finds nothing, to two books."""
        found = journey.search(self.browser, CHANCE.choice(WORDS)) or journey.browse(self.browser)
        for book in CHANCE.sample(found, min(2, len(found))):
            journey.expect(self.browser.open(book))

    def buy(self) -> None:
        """Buy a book from the catalogue."""
        books = journey.browse(self.browser)
        if not books:
            raise ShopError("the catalogue is empty: there is nothing to buy")
        journey.put_in_cart(self.browser, CHANCE.choice(books))
        journey.pay(self.browser, journey.check_out(self.browser))

    def leave(self, browser: Client) -> str:
        """Delete the account; paid orders stay, as in the shop's books."""
        return "" if journey.close(browser, self.account) else "it has no page to delete one"
