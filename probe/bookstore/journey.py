"""What customers do in the shop, step by step, by the forms that its pages hold.

Pages are recognised by addresses and field names alone, so the shop may speak any language. Every function
raises `ShopError` when the shop does not do what a shop does.
"""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from probe.client import Client, Upload
from probe.page import Form, Page, ShopError
from probe.picture import png

CATALOGUE = "book/catalog"


@dataclass(frozen=True)
class Account:
    """Somebody made up, with a password that nobody could guess."""

    name: str
    email: str
    password: str

    @classmethod
    def throw_away(cls, role: str) -> "Account":
        """Return an account of this role that nobody has yet."""
        mark = secrets.token_hex(6)
        return cls(f"Probe {role}", f"probe-{role}-{mark}@bookstore.example", secrets.token_urlsafe(24))


def expect(page: Page, status: int = 200) -> Page:
    """Return the page itself, when it has that status."""
    if page.status != status:
        number = f" (request id {page.request_id})" if page.request_id else ""
        raise ShopError(f"{page.address} answered {page.status} where {status} was expected{number}")
    return page


def number(address: str) -> str:
    """Return the number at the end of a book's or an order's address."""
    return urlsplit(address).path.rsplit("/", 1)[-1]


def signed_in(page: Page) -> bool:
    """Tell whether the page is shown to a member: it offers to sign out."""
    return page.has_form(".*/logout")


def register(client: Client, account: Account) -> None:
    """Open an account and be signed in with it."""
    form = expect(client.open("register")).form(fields=("name", "email", "password"))
    typed = {"name": account.name, "email": account.email}
    # A second field to repeat the password gets the password too, a box that must be ticked is ticked.
    typed |= {name: account.password for name, field in form.fields.items() if field.kind == "password"}
    typed |= {name: field.choices[0] for name, field in form.fields.items() if field.kind == "checkbox"}
    page = expect(client.submit(form, typed))
    if page.path.endswith("/register"):
        raise ShopError(f"{page.address} did not accept the new account {account.email}")
    if not signed_in(page):
        sign_in(client, account)


def sign_in(client: Client, account: Account) -> None:
    """Sign in with an account that exists."""
    form = expect(client.open("login")).form(fields=("email", "password"))
    page = expect(client.submit(form, {"email": account.email, "password": account.password}))
    if not signed_in(page):
        raise ShopError(f"{page.address} did not sign {account.email} in")


def sign_out(client: Client) -> None:
    """Sign out by the form that every page of a member holds."""
    page = expect(client.open(""))
    page = expect(client.submit(page.form(action=".*/logout")))
    if signed_in(page):
        raise ShopError(f"{page.address} still offers to sign out after signing out")


def browse(client: Client) -> list[str]:
    """Return the addresses of the books on the catalogue's first page."""
    return list(expect(client.open(CATALOGUE)).matching(r".*/book/\d+"))


def search(client: Client, words: str) -> list[str]:
    """Return the addresses of the books found by the catalogue's own search form."""
    page = expect(client.open(CATALOGUE))
    for form in page.forms:
        box = form.named("search") or ("q" if "q" in form.fields else None)
        if form.method == "get" and box:
            return list(expect(client.submit(form, {box: words})).matching(r".*/book/\d+"))
    raise ShopError(f"{page.address} has no search form: a GET form with a field of type search")


def sell(client: Client, title: str, *, price: str = "12.50", stock: int = 5) -> str:
    """Offer a book with a picture; return its public address."""
    form = expect(client.open("book/add_book")).form(
        fields=("title", "author", "description", "price", "stock")
    )
    typed = {
        "title": title,
        "author": "Probe",
        "description": "Offered by a check of the shop, and taken down again when it ends.",
        "price": price,
        "stock": str(stock),
    }
    picture = next((name for name, field in form.fields.items() if field.kind == "file"), None)
    if picture is None:
        raise ShopError(f"{form.address} has no field to upload a picture of the book")
    page = expect(
        client.submit(_chosen(form, typed), typed, {picture: Upload("cover.png", "image/png", png())})
    )
    if page.path.endswith("/add_book"):
        raise ShopError(f"{page.address} did not accept the book on offer")
    found = search(client, title)
    if not found:
        raise ShopError(f"{page.address} accepted the book, but searching for its title finds nothing")
    return found[0]


def cover(client: Client, book: str) -> Page:
    """Return the picture shown on a book's page."""
    page = expect(client.open(book))
    address = next((image for image in page.images if "/cover/" in image), None)
    if address is None:
        raise ShopError(f"{page.address} shows no picture of the book")
    return expect(client.open(address))


def put_in_cart(client: Client, book: str, quantity: int = 1) -> Page:
    """Put copies of a book into the cart; return the page that this leads to."""
    form = expect(client.open(book)).form(action=r".*/buy/\d+", fields=("quantity",))
    return expect(client.submit(form, {"quantity": str(quantity)}))


def check_out(client: Client) -> str:
    """Order what is in the cart; return the address of the page that asks for payment."""
    expect(client.open("cart"))
    form = expect(client.open("checkout")).form(fields=("recipient", "street", "city", "country"))
    typed = {"recipient": "Probe", "street": "1 Test Street", "city": "Cali"}
    if form.fields["country"].kind != "select":
        typed["country"] = "Colombia"
    page = expect(client.submit(_chosen(form, typed), typed))
    if not re.fullmatch(r".*/(payment|delivery|order)/\d+", page.path):
        raise ShopError(f"{page.address} did not turn the cart into an order")
    return f"payment/{number(page.path)}"


def pay(client: Client, payment: str) -> str:
    """Pay an order; return the order's number."""
    form = expect(client.open(payment)).form(action=r".*/payment/\d+", fields=("method",))
    page = expect(client.submit(_chosen(form, {})))
    order = number(payment)
    if expect(client.open(f"order/{order}")).has_form(r".*/payment/\d+"):
        raise ShopError(f"{page.address} took the payment, but the order still asks for one")
    return order


def cancel(client: Client, payment: str) -> None:
    """Give up an order that is not paid."""
    order = number(payment)
    page = expect(client.open(f"order/{order}/cancel"))
    expect(client.submit(page.form(action=rf".*/order/{order}/cancel")))


def close(client: Client, account: Account) -> bool:
    """Delete the account that is signed in; return False where the shop cannot."""
    page = expect(client.open("account"))
    if not page.has_form(".*/account/delete"):
        return False
    form = page.form(action=".*/account/delete", fields=("password",))
    typed = {name: field.choices[0] for name, field in form.fields.items() if field.kind == "checkbox"}
    page = client.submit(form, typed | {"password": account.password})
    if page.status == 404:
        return False
    if signed_in(expect(page)):
        raise ShopError(f"{page.address} did not delete the account {account.email}")
    return True


def take_down(client: Client, book: str) -> None:
    """Delete a book that one has on offer: by a form among one's own books, or a link to it."""
    page = expect(client.open("book/my_books"))
    there = rf".*/book/delete_book/{number(book)}"
    if not page.has_form(there):
        page = expect(client.open(next(page.matching(there), page.address)))
    expect(client.submit(page.form(action=there)))
    expect(client.open(book), 404)


def _chosen(form: Form, typed: dict[str, str]) -> Form:
    """Return the form with every choice that is still open made: the first that is offered."""
    for name, field in form.fields.items():
        if name not in typed and not field.value and field.kind in {"select", "radio"}:
            field.value = next((choice for choice in field.choices if choice), None)
    return form
