"""Who may open a page: views for signed-in members only, and the member who is signed in."""

from collections.abc import Callable
from typing import TypeVar, cast

import flask_login
from flask import Flask, flash, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from bookstore.extensions import login_manager
from bookstore.models import User
from bookstore.web.helpers.addresses import here

View = TypeVar("View", bound=Callable[..., object])


def login_required(view: View) -> View:
    """Let signed-in members open the page and send others to the sign-in form (Flask-Login's, with types)."""
    return cast(View, flask_login.login_required(view))


def current_member() -> User:
    """Return the signed-in member's own row, not Flask-Login's proxy of it."""
    return cast(User, current_user._get_current_object())


def redirect_to_login() -> Response:
    """Redirect to the sign-in form, which leads back to this page."""
    flash(gettext("Please sign in to continue."), "wait")
    return redirect(url_for("account.login", next=here()))


def register(_app: Flask) -> None:
    """Tell Flask-Login where to send visitors who must sign in."""
    login_manager.unauthorized_handler(redirect_to_login)
