"""Accounts: opening one, signing in and out, and changing the password."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from bookstore import accounts
from bookstore.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD
from bookstore.errors import EmailTaken, Invalid, Refused
from bookstore.security import limit_sign_in, safe_next
from bookstore.web.form import Form, at_most, required
from bookstore.web.gate import members_only

blueprint = Blueprint("account", __name__)
EMAIL_NEEDED = required(_l("Please enter your e-mail address."))
NEW_PASSWORD = [
    InputRequired(_l("Please choose a password.")),
    Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _l("Please use %(min)d to %(max)d characters.")),
]


class RegistrationForm(Form):
    """Who wants an account."""

    name = StringField(_l("Name"), [*required(_l("Please enter your name.")), at_most(100)])
    email = EmailField(_l("E-mail address"), [*EMAIL_NEEDED, at_most(254)])
    password = PasswordField(_l("Password"), NEW_PASSWORD)


class SignInForm(Form):
    """Who wants to come in. Lengths are not checked: they would tell what a password looks like."""

    email = EmailField(_l("E-mail address"), EMAIL_NEEDED)
    password = PasswordField(_l("Password"), [InputRequired(_l("Please enter your password."))])


class PasswordForm(Form):
    """A new password, typed twice because nobody sees what they type."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Please enter your present password."))])
    new = PasswordField(_l("New password"), NEW_PASSWORD)
    again = PasswordField(
        _l("New password again"),
        [
            InputRequired(_l("Please repeat the new password.")),
            EqualTo("new", _l("The two passwords differ.")),
        ],
    )


@blueprint.route("/register", methods=("GET", "POST"))
def register_account() -> Response | str | tuple[str, int]:
    """Open an account and go on signed in."""
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    form, status = RegistrationForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                user = accounts.register(form.name.data, form.email.data, form.password.data)
            except (EmailTaken, Invalid) as refusal:
                form.refuse(refusal, form.email)
                status = refusal.status
            else:
                login_user(user)
                flash(gettext("Welcome, %(name)s! Your account is open.", name=user.name), "done")
                return redirect(safe_next(request.args.get("next")))
    return render_template("register.html", form=form), status


@blueprint.route("/login", methods=("GET", "POST"))
@limit_sign_in
def login() -> Response | str | tuple[str, int]:
    """Sign in and go on to the page that asked for it."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form, status = SignInForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            user = accounts.authenticate(form.email.data, form.password.data)
            if user:
                login_user(user)
                return redirect(safe_next(request.args.get("next")))
            # One message for both: it must not tell which addresses have an account.
            flash(gettext("This e-mail address and password do not belong together."), "refused")
            status = 401
    return render_template("login.html", form=form), status


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out. By POST only: a picture or a link on another site must not sign anybody out."""
    logout_user()
    session.clear()
    return redirect(url_for("home.home"))


@blueprint.route("/account", methods=("GET", "POST"))
@members_only
def account() -> Response | str | tuple[str, int]:
    """Who is signed in, and a form for a new password."""
    form, status = PasswordForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                accounts.change_password(current_user, form.old.data, form.new.data)
            except Refused as refusal:
                form.refuse(refusal, form.old)
                status = refusal.status
            else:
                login_user(current_user._get_current_object())  # the other sessions of the account end
                flash(gettext("Your password has changed. Other devices are signed out."), "done")
                return redirect(url_for(".account"))
    return render_template("account.html", form=form), status
