"""A buyer's orders."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from bookstore import orders
from bookstore.web.gate import members_only

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@members_only
def mine() -> str:
    """The orders of who is signed in, the latest first."""
    page = orders.of_buyer(current_user, request.args.get("cursor"))
    return render_template("orders.html", page=page)


@blueprint.get("/order/<id:order_id>")
@members_only
def show(order_id: int) -> str:
    """One order, which prints as a receipt."""
    return render_template("order.html", order=orders.get(current_user, order_id))


@blueprint.get("/order/<id:order_id>/cancel")
@members_only
def ask_to_cancel(order_id: int) -> str:
    """Ask whether the order is really to be given up."""
    return render_template("cancel.html", order=orders.get(current_user, order_id))


@blueprint.post("/order/<id:order_id>/cancel")
@members_only
def cancel(order_id: int) -> Response:
    """Give up an order that is not paid."""
    orders.cancel(current_user, order_id)
    flash(gettext("Your order is cancelled, and nothing is to be paid."), "done")
    return redirect(url_for(".show", order_id=order_id))
