"""The administrators' pages: accounts, and orders to ship."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Integer, select, type_coerce

from bookstore import orders, paging
from bookstore.models import User
from bookstore.paging import Sorting
from bookstore.web.auth import redirect_to_login

blueprint = Blueprint("administration", __name__, url_prefix="/admin")


@blueprint.before_request
def administrators_only() -> ResponseReturnValue | None:
    """Let only administrators open the pages of this blueprint."""
    if not current_user.is_authenticated:
        return redirect_to_login()
    if not current_user.is_administrator:
        abort(403)
    return None


@blueprint.get("/users")
def users() -> str:
    """Show every account, the latest first."""
    latest: Sorting[User] = Sorting((type_coerce(User.id, Integer),), lambda user: [user.id], descending=True)
    page = paging.page(select(User), latest, request.args.get("cursor"), size=50)
    return render_template("admin_users.html", page=page)


@blueprint.get("/orders", endpoint="orders")
def every_order() -> str:
    """Show every order, the latest first."""
    return render_template("admin_orders.html", page=orders.everyone(request.args.get("cursor")))


@blueprint.post("/orders/<id:order_id>/ship")
def ship(order_id: int) -> ResponseReturnValue:
    """Mark a paid order as shipped."""
    orders.ship(order_id)
    flash(gettext("Order %(number)d is marked as shipped.", number=order_id), "done")
    return redirect(url_for(".orders"))


@blueprint.post("/orders/<id:order_id>/deliver")
def deliver(order_id: int) -> ResponseReturnValue:
    """Mark a shipped order as delivered."""
    orders.deliver(order_id)
    flash(gettext("Order %(number)d is marked as delivered.", number=order_id), "done")
    return redirect(url_for(".orders"))
