"""The way in: the newest books and what the shop is."""

from flask import Blueprint, render_template

from bookstore import catalogue

blueprint = Blueprint("home", __name__)
NEWEST = 12  # full rows of 2, 3, 4 or 6


@blueprint.get("/")
def home() -> str:
    """The shop's front page."""
    newest = catalogue.find(catalogue.Query(), size=NEWEST).items
    return render_template("home.html", books=newest, categories=catalogue.categories())
