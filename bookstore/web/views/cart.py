"""The cart's page."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from bookstore import carts
from bookstore.web.auth import current_member, login_required
from bookstore.web.forms import MAX_QUANTITY, RANGE, WHOLE, Form, Present, WholeField

blueprint = Blueprint("cart", __name__)


class QuantityForm(Form):
    """The form to change how many copies of a book are in the cart; 0 removes it."""

    quantity = WholeField(_l("Copies"), [Present(WHOLE), NumberRange(0, MAX_QUANTITY, RANGE)])


@blueprint.get("/cart")
@login_required
def show() -> str:
    """Show the cart."""
    return _page()


@blueprint.post("/cart/<id:book_id>")
@login_required
def change(book_id: int) -> Response | tuple[str, int]:
    """Change how many copies of a book are in the cart."""
    form = QuantityForm()
    if form.validate_on_submit():
        with form.refusals(form.quantity):
            carts.set_quantity(current_member(), book_id, form.quantity.data)
            flash(gettext("Your cart is updated."), "done")
            return redirect(url_for(".show"))
    return _page(book_id, form), form.status


def _page(book_id: int | None = None, refused: QuantityForm | None = None) -> str:
    """Return the page with a form for each book; a refused form keeps what was typed."""
    found = carts.of(current_member())
    forms = {}
    for line in found.lines:
        sent = refused is not None and line.book_id == book_id
        form = refused if refused is not None and sent else QuantityForm(None, quantity=line.quantity)
        form.quantity.id = f"quantity-{line.book_id}"
        forms[line.book_id] = form
    return render_template("cart.html", cart=found, forms=forms)
