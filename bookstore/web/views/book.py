"""The page of one book, and adding copies of it to the cart."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from bookstore import carts, catalogue
from bookstore.catalogue import Query
from bookstore.models import Book
from bookstore.web import cache
from bookstore.web.auth import current_member, login_required
from bookstore.web.forms import MAX_QUANTITY, RANGE, WHOLE, Form, Present, WholeField

blueprint = Blueprint("book", __name__)
ALIKE = 6


class BuyForm(Form):
    """The form to add copies to the cart: one copy, unless it says how many."""

    quantity = WholeField(_l("Copies"), [Present(WHOLE), NumberRange(1, MAX_QUANTITY, RANGE)], default=1)


@blueprint.get("/book/<id:book_id>")
def show(book_id: int) -> str:
    """Show one book."""
    return _page(catalogue.get(book_id))


@blueprint.post("/buy/<id:book_id>")
@login_required
def buy(book_id: int) -> Response | tuple[str, int]:
    """Add copies to the cart. The price is the book's own: no field of the form is asked for it."""
    book, form = catalogue.get(book_id), BuyForm()
    if form.validate_on_submit():
        with form.refusals(form.quantity):
            carts.add(current_member(), book_id, form.quantity.data)
            flash(gettext("“%(title)s” is in your cart.", title=book.title), "done")
            return redirect(url_for("cart.show"))
    return _page(book, form), form.status


def _page(book: Book, form: BuyForm | None = None) -> str:
    """Return the page, with the form only for who may buy the book: its CSRF token needs a cookie."""
    if form is None and current_user.is_authenticated and current_user.id != book.seller_id:
        form = BuyForm()
    return render_template(
        "book.html",
        book=book,
        form=form,
        words=_words(book),
        alike=cache.fragment("alike", lambda: _shelf(book)),
    )


def _words(book: Book) -> str:
    """Return the description, in the reader's language where the shop has it."""
    spanish = book.description_es if str(get_locale()) == "es" else None
    return spanish or book.description


def _shelf(book: Book) -> str:
    return render_template("parts/alike.html", alike=_alike(book))


def _alike(book: Book) -> list[Book]:
    """Return a few other books of the same category."""
    if not book.category:
        return []
    found = catalogue.find(Query(category=book.category), size=ALIKE + 1).items
    return [other for other in found if other.id != book.id][:ALIKE]
