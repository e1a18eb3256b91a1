"""The shop's pages: views, the forms they share and what the templates need."""

from flask import Flask

from bookstore.web import auth, cache, error_pages
from bookstore.web.helpers import addresses, assets, bindings, form_fields, formats, names, navigation
from bookstore.web.views import BLUEPRINTS

HELPERS = (addresses, assets, bindings, form_fields, formats, names, navigation)


def register(app: Flask) -> None:
    """Add the pages, and what the templates need, to the application."""
    for part in (*HELPERS, error_pages, auth, cache):
        part.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
