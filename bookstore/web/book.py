"""The page of one book, and putting copies of it into the cart."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from bookstore import cart, catalogue
from bookstore.catalogue import Query
from bookstore.errors import Refused
from bookstore.models import Book
from bookstore.web import cache
from bookstore.web.form import MOST_COPIES, RANGE, WHOLE, Form, Present, WholeField
from bookstore.web.gate import members_only

blueprint = Blueprint("book", __name__)
ALIKE = 6


class BuyForm(Form):
    """How many copies; a form that does not say means one."""

    quantity = WholeField(_l("Copies"), [Present(WHOLE), NumberRange(1, MOST_COPIES, RANGE)], default=1)


@blueprint.get("/book/<id:book_id>")
def show(book_id: int) -> str:
    """The page of one book."""
    return _page(catalogue.get(book_id))


@blueprint.post("/buy/<id:book_id>")
@members_only
def buy(book_id: int) -> Response | tuple[str, int]:
    """Put copies into the cart. The price is the book's own: no field of the form is asked for it."""
    book, form, status = catalogue.get(book_id), BuyForm(), 400
    if form.validate():
        try:
            cart.add(current_user, book_id, form.quantity.data)
        except Refused as refusal:
            form.refuse(refusal, form.quantity)
            status = refusal.status
        else:
            flash(gettext("“%(title)s” is in your cart.", title=book.title), "done")
            return redirect(url_for("cart.show"))
    return _page(book, form), status


def _page(book: Book, form: BuyForm | None = None) -> str:
    """The page; only who may buy the book gets the form, whose token needs a cookie."""
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
    """The description, in the reader's language where the shop has it."""
    spanish = book.description_es if str(get_locale()) == "es" else None
    return spanish or book.description


def _shelf(book: Book) -> str:
    return render_template("parts/alike.html", alike=_alike(book))


def _alike(book: Book) -> list[Book]:
    """A few other books of the same category."""
    if not book.category:
        return []
    found = catalogue.find(Query(category=book.category), size=ALIKE + 1).items
    return [other for other in found if other.id != book.id][:ALIKE]
