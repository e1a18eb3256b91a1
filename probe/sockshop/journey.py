"""What customers do in Sock Shop, step by step, as the front end's own pages ask its HTTP API.

Every function raises `ShopError` when the shop does not do what a shop does.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any

from probe.client import Client, Request
from probe.page import Page, ShopError

# What `orders` adds for shipping, and what `payment` allows at most.
SHIPPING, MOST = 4.99, 100.0
CARD = "4111111111111111"


@dataclass(frozen=True)
class Account:
    """Somebody made up, with a password that nobody could guess."""

    name: str
    password: str

    @classmethod
    def throw_away(cls, role: str) -> "Account":
        """An account of this role that nobody has yet."""
        return cls(f"probe-{role}-{secrets.token_hex(6)}", secrets.token_urlsafe(24))


@dataclass(frozen=True)
class Sock:
    """A pair of socks as the catalogue lists it; the price is in US dollars."""

    id: str
    name: str
    price: float
    pictures: tuple[str, ...]


def expect(page: Page, status: int = 200) -> Page:
    """The page itself, when it has that status."""
    if page.status != status:
        words = page.body.decode(errors="replace").strip()[:200]
        raise ShopError(f"{page.address} answered {page.status} where {status} was expected: {words}")
    return page


def content(page: Page) -> Any:
    """What the page says in JSON."""
    try:
        return json.loads(page.body)
    except ValueError:
        raise ShopError(f"{page.address} answered no JSON") from None


def post(client: Client, address: str, body: object, status: int = 200) -> Page:
    """Send JSON."""
    sent = Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return expect(client.send(sent), status)


def browse(client: Client) -> list[Sock]:
    """The first page of the catalogue."""
    page = expect(client.open("catalogue?page=1&size=6"))
    try:
        socks = [
            Sock(each["id"], each["name"], float(each["price"]), tuple(each["imageUrl"]))
            for each in content(page)
        ]
    except (KeyError, TypeError):
        raise ShopError(f"{page.address} lists something else than socks") from None
    if not socks:
        raise ShopError(f"{page.address} lists no socks")
    return socks


def affordable(socks: list[Sock], pairs: int) -> list[Sock]:
    """Those of which so many pairs can be paid for."""
    found = [sock for sock in socks if pairs * sock.price + SHIPPING <= MOST]
    if not found:
        raise ShopError(f"payment allows {MOST} at most, and {pairs} pairs of each of the socks cost more")
    return found


def register(client: Client, account: Account) -> str:
    """Open an account and be signed in with it; its number."""
    body = {
        "username": account.name,
        "password": account.password,
        "email": f"{account.name}@sockshop.example",
        "firstName": "Probe",
        "lastName": "Customer",
    }
    return identity(post(client, "register", body))


def sign_in(client: Client, account: Account) -> None:
    """Sign in with an account that exists."""
    pair = base64.b64encode(f"{account.name}:{account.password}".encode()).decode()
    expect(client.send(Request("login", headers={"Authorization": f"Basic {pair}"})))


def settle(client: Client) -> None:
    """Say where one lives and how one pays, and see that the shop remembers both."""
    address = {
        "street": "Carrera 7",
        "number": "40-62",
        "country": "Colombia",
        "city": "Bogotá",
        "postcode": "110231",
    }
    identity(post(client, "addresses", address))
    identity(post(client, "cards", {"longNum": CARD, "expires": "12/30", "ccv": "123"}))
    known = content(expect(client.open("address")))
    if known.get("street") != address["street"]:
        raise ShopError(f"the shop does not remember the address: {known}")
    shown = content(expect(client.open("card")))
    if shown.get("number") != CARD[-4:]:
        raise ShopError(f"the shop does not remember the card: {shown}")


def put_in_cart(client: Client, sock: Sock, pairs: int) -> None:
    """Put pairs of a sock into the cart, and see them there."""
    post(client, "cart", {"id": sock.id}, 201)
    if pairs > 1:
        post(client, "cart/update", {"id": sock.id, "quantity": pairs}, 202)
    found = cart(client)
    if found.get(sock.id) != pairs:
        raise ShopError(f"the cart should hold {pairs} of {sock.name}, and holds {found}")


def cart(client: Client) -> dict[str, int]:
    """How many of each sock the cart holds."""
    items = content(expect(client.open("cart")))
    return {str(item["itemId"]): int(item["quantity"]) for item in items}


def empty_cart(client: Client) -> None:
    """Throw everything out, as the front end's pages do after an order."""
    expect(client.send(Request("cart", other="DELETE")), 202)
    if left := cart(client):
        raise ShopError(f"the emptied cart still holds {left}")


def order(client: Client, total: float) -> str:
    """Order what is in the cart, for this total; the order's number."""
    placed = post(client, "orders", {}, 201)
    asked = content(placed).get("total")
    if not isinstance(asked, int | float) or abs(asked - total) > 0.01:
        raise ShopError(f"the order should cost {total:.2f}, and costs {asked}")
    return identity(placed)


def orders(client: Client) -> list[str]:
    """The numbers of the customer's orders."""
    found = content(expect(client.open("orders"), 201))
    return [str(each.get("id") or each["_links"]["self"]["href"].rpartition("/")[2]) for each in found]


def close(client: Client, number: str) -> None:
    """Delete the account, with its address and card."""
    done = content(expect(client.send(Request(f"customers/{number}", other="DELETE"))))
    if done.get("status") is not True:
        raise ShopError(f"the account {number} was not deleted: {done}")


def identity(page: Page) -> str:
    """The number of what was made."""
    made = content(page)
    if not isinstance(made, dict) or not made.get("id"):
        raise ShopError(f"{page.address} did not say what it made: {made}")
    return str(made["id"])
