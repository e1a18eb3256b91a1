"""The pages of the shop: one file for each of its nouns."""

from flask import Flask

from bookstore.web import (
    account,
    addresses,
    administration,
    api,
    assets,
    bindings,
    book,
    cache,
    cart,
    catalogue,
    checkout,
    covers,
    errors,
    fields,
    formats,
    gate,
    home,
    language,
    names,
    navigation,
    orders,
    selling,
)

PAGES = (
    home,
    catalogue,
    book,
    covers,
    selling,
    cart,
    checkout,
    orders,
    account,
    administration,
    language,
    api,
)


def register(app: Flask) -> None:
    """Add every page, and what the templates need, to the application."""
    for part in (addresses, assets, bindings, errors, fields, formats, gate, names, navigation, cache):
        part.register(app)
    for pages in PAGES:
        app.register_blueprint(pages.blueprint)
