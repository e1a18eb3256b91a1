"""The views: one blueprint for each part of the shop."""

from bookstore.web.views import (
    account,
    administration,
    api,
    book,
    browse,
    cart,
    checkout,
    cover,
    home,
    language,
    order,
    selling,
)

BLUEPRINTS = (
    home.blueprint,
    browse.blueprint,
    book.blueprint,
    cover.blueprint,
    selling.blueprint,
    cart.blueprint,
    checkout.blueprint,
    order.blueprint,
    account.blueprint,
    administration.blueprint,
    language.blueprint,
    api.blueprint,
)
