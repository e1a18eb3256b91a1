"""The pages of a buyer's orders."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from bookstore import orders
from bookstore.web.auth import current_member, login_required

blueprint = Blueprint("order", __name__)


@blueprint.get("/orders")
@login_required
def mine() -> str:
    """Show the member's orders, the latest first."""
    page = orders.of_buyer(current_member(), request.args.get("cursor"))
    return render_template("orders.html", page=page)


@blueprint.get("/order/<id:order_id>")
@login_required
def show(order_id: int) -> str:
    """Show one order, which prints as a receipt."""
    return render_template("order.html", order=orders.get(current_member(), order_id))


@blueprint.get("/order/<id:order_id>/cancel")
@login_required
def ask_to_cancel(order_id: int) -> str:
    """Ask for confirmation before the order is cancelled."""
    return render_template("cancel.html", order=orders.get(current_member(), order_id))


@blueprint.post("/order/<id:order_id>/cancel")
@login_required
def cancel(order_id: int) -> Response:
    """Cancel an order that is not paid."""
    orders.cancel(current_member(), order_id)
    flash(gettext("Your order is cancelled. You pay nothing."), "done")
    return redirect(url_for(".show", order_id=order_id))
