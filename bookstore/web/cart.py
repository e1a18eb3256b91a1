"""The cart."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from bookstore import cart
from bookstore.errors import Refused
from bookstore.web.form import MOST_COPIES, RANGE, WHOLE, Form, Present, WholeField
from bookstore.web.gate import members_only

blueprint = Blueprint("cart", __name__)


class QuantityForm(Form):
    """How many copies of a book to keep in the cart; none takes it out."""

    quantity = WholeField(_l("Copies"), [Present(WHOLE), NumberRange(0, MOST_COPIES, RANGE)])


@blueprint.get("/cart")
@members_only
def show() -> str:
    """What is in the cart."""
    return _page()


@blueprint.post("/cart/<id:book_id>")
@members_only
def change(book_id: int) -> Response | tuple[str, int]:
    """Keep another number of copies in the cart, or none."""
    form, status = QuantityForm(), 400
    if form.validate():
        try:
            cart.set_quantity(current_user, book_id, form.quantity.data)
        except Refused as refusal:
            form.refuse(refusal, form.quantity)
            status = refusal.status
        else:
            flash(gettext("Your cart is up to date."), "done")
            return redirect(url_for(".show"))
    return _page(book_id, form), status


def _page(book_id: int | None = None, refused: QuantityForm | None = None) -> str:
    """The cart with a form for each book; the one that was refused keeps what was typed."""
    found = cart.of(current_user)
    forms = {}
    for line in found.lines:
        sent = refused is not None and line.book_id == book_id
        form = refused if refused is not None and sent else QuantityForm(None, quantity=line.quantity)
        form.quantity.id = f"quantity-{line.book_id}"
        forms[line.book_id] = form
    return render_template("cart.html", cart=found, forms=forms)
