"""What stands at the head of every page: the ways into the shop, the cart and the languages."""

from flask import Flask, Response, request
from flask_babel import get_locale, gettext
from flask_login import current_user

from bookstore import cart
from bookstore.language import LANGUAGES


def navigation() -> list[tuple[str, str]]:
    """The links at the head of the page, as (endpoint, text), for who is looking."""
    links = [("catalogue.catalogue", gettext("Catalogue"))]
    if not current_user.is_authenticated:
        return [
            *links,
            ("selling.add_book", gettext("Sell")),
            ("account.login", gettext("Sign in")),
            ("account.register_account", gettext("Create account")),
        ]
    links += [
        ("selling.my_books", gettext("My books")),
        ("orders.mine", gettext("Orders")),
        ("account.account", gettext("Account")),
    ]
    if current_user.is_administrator:
        links.append(("administration.orders", gettext("Administration")))
    return links


def cart_count() -> int:
    """How many copies are in the cart of who is signed in."""
    return cart.count(current_user)


def register(app: Flask) -> None:
    """Give the templates what the head of the page shows, and say by what the page differs."""
    app.jinja_env.globals.update(navigation=navigation, cart_count=cart_count, languages=LANGUAGES)

    @app.context_processor
    def reader() -> dict[str, str]:
        return {"locale": str(get_locale())}

    @app.after_request
    def may_be_kept(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Vary"] = "Accept-Language, Cookie"
            response.headers["Content-Language"] = str(get_locale())
            # What a member saw must not come back from the cache of a shared computer after signing out.
            member = request.method == "POST" or current_user.is_authenticated
            response.headers.setdefault("Cache-Control", "no-store" if member else "private, no-cache")
        return response
