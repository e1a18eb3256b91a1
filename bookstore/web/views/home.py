"""The front page: the newest books and what the shop is."""

from flask import Blueprint, render_template

from bookstore import catalogue
from bookstore.web import cache

blueprint = Blueprint("home", __name__)
NEWEST = 12  # full rows of 2, 3, 4 or 6


@blueprint.get("/")
def home() -> str:
    """Show the front page."""
    return render_template(
        "home.html",
        welcome=cache.fragment("welcome", lambda: _render("parts/welcome.html")),
        content=cache.fragment("home", lambda: _render("parts/home.html")),
    )


def _render(part: str) -> str:
    newest = catalogue.find(catalogue.Query(), size=NEWEST).items
    return render_template(part, books=newest, categories=catalogue.categories())
