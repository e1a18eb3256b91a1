"""Who may enter: the pages that are only for whoever is signed in."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, flash, redirect, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from bookstore.extensions import login_manager
from bookstore.web.addresses import here

View = TypeVar("View", bound=Callable[..., object])


def ask_to_sign_in() -> Response:
    """Show the form to sign in, which leads back to here."""
    flash(gettext("Please sign in to go on."), "wait")
    return redirect(url_for("account.login", next=here()))


def members_only(view: View) -> View:
    """Show the page to whoever is signed in, the form to sign in to others."""
    guarded: View = login_required(view)
    return guarded


def register(_app: Flask) -> None:
    """Send whoever must sign in to the form that does it, and back."""

    login_manager.unauthorized_handler(ask_to_sign_in)
