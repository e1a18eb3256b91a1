"""The way of a customer through Sock Shop, from the catalogue to a paid order.

The order stays, as the shop deletes none; the account goes, with its address and card.
"""

from probe.client import Browser
from probe.page import ShopError
from probe.runner import Report, Scenario
from probe.sockshop import journey
from probe.sockshop.journey import Account

REMEDIES = {
    "reach the shop": "Does front-end run, and does the way in (balancer, node port) lead there?",
    "browse the catalogue": "Do catalogue and catalogue-db run, and has the catalogue been loaded?",
    "see a picture": "The pictures are in the image of catalogue.",
    "open an account": "Do user, user-db and carts run? front-end keeps the session in session-db.",
    "give address and card": "Do user and user-db run?",
    "fill the cart": "Do carts and carts-db run, and may front-end call them?",
    "order": "orders calls user, carts, payment and shipping, within 5 s each; shipping calls rabbitmq.",
    "find it among my orders": "Does orders-db keep what orders writes?",
}


def walk(root: str, authority: str | None, told: Report) -> None:
    """Go the whole way, in a shop at `root`. Raises ShopError at the first step that fails."""
    buyer, again, stranger = (Browser(root, authority) for _ in range(3))
    account, pairs = Account.throw_away("buyer"), 2
    with told.step("reach the shop"):
        journey.expect(stranger.open(""))
    with told.step("browse the catalogue"):
        sock = journey.affordable(journey.browse(stranger), pairs)[0]
    with told.step("see a picture"):
        picture = journey.expect(stranger.open(sock.pictures[0].lstrip("/")))
        if not picture.body:
            raise ShopError(f"{picture.address} is empty")
    with told.step("open an account"):
        number = journey.register(buyer, account)
    with told.step("give address and card"):
        journey.settle(buyer)
    with told.step("fill the cart"):
        journey.put_in_cart(buyer, sock, pairs)
    with told.step("order"):
        placed = journey.order(buyer, pairs * sock.price + journey.SHIPPING)
    with told.step("empty the cart"):
        journey.empty_cart(buyer)
    with told.step("sign in elsewhere"):
        journey.sign_in(again, account)
    with told.step("find it among my orders"):
        if placed not in journey.orders(again):
            raise ShopError(f"the orders of {account.name} lack {placed}")
    with told.step("others see no orders"):
        page = stranger.open("orders")
        if page.status < 400:
            raise ShopError(f"{page.address} answered {page.status} to somebody who is not signed in")
    with told.step("close the account"):
        journey.close(buyer, number)


def arrive(root: str) -> None:
    """Raise ShopError where no Sock Shop answers."""
    journey.browse(Browser(root))


SCENARIO = Scenario(walk, arrive, REMEDIES, "the shop sells socks")
