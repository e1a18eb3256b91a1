"""The cart."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired, NumberRange

from bookstore import cart
from bookstore.errors import Refused
from bookstore.web.form import MOST_COPIES, RANGE, WHOLE, Form, WholeField

blueprint = Blueprint("cart", __name__)


class QuantityForm(Form):
    """How many copies of a book to keep in the cart; none takes it out."""

    quantity = WholeField(_l("Copies"), [InputRequired(WHOLE), NumberRange(0, MOST_COPIES, RANGE)])


@blueprint.get("/cart")
@login_required
def show() -> str:
    """What is in the cart."""
    return _page()


@blueprint.post("/cart/<id:book_id>")
@login_required
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
