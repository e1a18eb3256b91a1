"""The account: create one, sign in and out, change the password, delete it."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from bookstore import account_deletion, accounts
from bookstore.accounts import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from bookstore.security import limit_password_checks, limit_sign_in, safe_next
from bookstore.web.auth import current_member, login_required
from bookstore.web.forms import Form, at_most, required

blueprint = Blueprint("account", __name__)
EMAIL_NEEDED = required(_l("Please enter your e-mail address."))
CURRENT_NEEDED = [InputRequired(_l("Please enter your current password."))]
NEW_PASSWORD = [
    InputRequired(_l("Please choose a password.")),
    Length(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH, _l("Please use %(min)d to %(max)d characters.")),
]


class RegistrationForm(Form):
    """The form to create an account."""

    name = StringField(_l("Name"), [*required(_l("Please enter your name.")), at_most(100)])
    email = EmailField(_l("E-mail address"), [*EMAIL_NEEDED, at_most(254)])
    password = PasswordField(_l("Password"), NEW_PASSWORD)


class SignInForm(Form):
    """The form to sign in. Lengths are not checked: they would tell what a password looks like."""

    email = EmailField(_l("E-mail address"), EMAIL_NEEDED)
    password = PasswordField(_l("Password"), [InputRequired(_l("Please enter your password."))])


class PasswordForm(Form):
    """The form to change the password, typed twice because nobody sees what they type."""

    old = PasswordField(_l("Current password"), CURRENT_NEEDED)
    new = PasswordField(_l("New password"), NEW_PASSWORD)
    again = PasswordField(
        _l("New password again"),
        [
            InputRequired(_l("Please repeat the new password.")),
            EqualTo("new", _l("The two passwords differ.")),
        ],
    )


class DeletionForm(Form):
    """The form to delete the account, which asks for the password once more."""

    password = PasswordField(_l("Current password"), CURRENT_NEEDED)


@blueprint.route("/register", methods=("GET", "POST"))
def register_account() -> Response | str | tuple[str, int]:
    """Create an account and sign its member in."""
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.refusals(form.email):
            user = accounts.register(form.name.data, form.email.data, form.password.data)
            login_user(user)
            flash(gettext("Welcome, %(name)s! Your account is ready.", name=user.name), "done")
            return redirect(safe_next(request.args.get("next")))
    return render_template("register.html", form=form), form.status


@blueprint.route("/login", methods=("GET", "POST"))
@limit_sign_in
def login() -> Response | str | tuple[str, int]:
    """Sign in and go on to the page that asked for it."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form = SignInForm()
    if form.validate_on_submit():
        user = accounts.authenticate(form.email.data, form.password.data)
        if user:
            login_user(user)
            return redirect(safe_next(request.args.get("next")))
        # One message for both: it must not tell which addresses have an account.
        flash(gettext("The e-mail address or the password is not correct."), "refused")
        form.status = 401
    return render_template("login.html", form=form), form.status


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out. By POST only: a picture or a link on another site must not sign anybody out."""
    logout_user()
    session.clear()
    return redirect(url_for("home.home"))


@blueprint.route("/account", methods=("GET", "POST"))
@login_required
@limit_password_checks
def account() -> Response | str | tuple[str, int]:
    """Show the account and change its password."""
    form = PasswordForm()
    if form.validate_on_submit():
        with form.refusals(form.old):
            member = current_member()
            accounts.change_password(member, form.old.data, form.new.data)
            login_user(member)  # the other sessions of the account end
            flash(gettext("Your password has changed. Other devices are signed out."), "done")
            return redirect(url_for(".account"))
    return render_template("account.html", form=form, deletion=DeletionForm(None)), form.status


@blueprint.post("/account/delete")
@login_required
@limit_password_checks
def delete() -> Response | tuple[str, int]:
    """Delete the account, after its password was entered once more, and sign out."""
    form = DeletionForm()
    if form.validate_on_submit():
        with form.refusals(form.password):
            account_deletion.delete(current_member(), form.password.data)
            logout_user()
            session.clear()
            flash(gettext("Your account is deleted."), "done")
            return redirect(url_for("home.home"))
    return render_template("account.html", form=PasswordForm(None), deletion=form), form.status
