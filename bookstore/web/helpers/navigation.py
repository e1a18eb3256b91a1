"""The header of every page: links, cart and languages; and how long browsers may cache pages."""

from flask import Flask, Response, request
from flask_babel import get_locale, gettext
from flask_login import current_user

from bookstore import carts
from bookstore.locales import LANGUAGES
from bookstore.web.auth import current_member


def navigation() -> list[tuple[str, str]]:
    """Return the header's links as (endpoint, text)."""
    links = [("browse.catalogue", gettext("Catalogue"))]
    if not current_user.is_authenticated:
        return [
            *links,
            ("selling.add_book", gettext("Sell")),
            ("account.login", gettext("Sign in")),
            ("account.register_account", gettext("Create account")),
        ]
    links += [
        ("selling.my_books", gettext("My books")),
        ("order.mine", gettext("Orders")),
        ("account.account", gettext("Account")),
    ]
    if current_user.is_administrator:
        links.append(("administration.orders", gettext("Administration")))
    return links


def cart_count() -> int:
    """Return how many copies are in the member's cart."""
    return carts.count(current_member())


def register(app: Flask) -> None:
    """Add the header's globals, and the response headers that say what a page depends on."""
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
