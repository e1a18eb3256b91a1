"""A member's own books: offering, changing and withdrawing them."""

from typing import BinaryIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from bookstore import catalogue
from bookstore.errors import BadCover, Invalid
from bookstore.fields import BookFields
from bookstore.models import Book
from bookstore.web.form import WHOLE, Form, Present, PriceField, WholeField, at_most, choices, required
from bookstore.web.gate import members_only
from bookstore.web.names import CATEGORIES, LANGUAGES, by_name, category_name, language_name

blueprint = Blueprint("selling", __name__)
LONGEST = 5000  # characters of a description


def _upload(cover: object) -> FileStorage | None:
    """The picture sent with the form; the name of the one that the book has already is none."""
    return cover if isinstance(cover, FileStorage) else None


class BookForm(Form):
    """What is offered. Without a language, as in forms of old, the book is in the reader's."""

    title = StringField(_l("Title"), [*required(_l("Please enter the title.")), at_most(200)])
    author = StringField(_l("Author"), [*required(_l("Please enter the author.")), at_most(200)])
    description = TextAreaField(
        _l("Description"), [*required(_l("Please describe the book.")), at_most(LONGEST)]
    )
    description_es = TextAreaField(_l("Description in Spanish"), [at_most(LONGEST)])
    language = SelectField(_l("Language"), default=lambda: str(get_locale()))
    category = SelectField(_l("Category"), default="", filters=[lambda code: code or ""])
    year = WholeField(_l("Year of first publication"), [Optional()])
    price = PriceField(_l("Price (US$)"), [Present(_l("Please enter the price."))])
    stock = WholeField(_l("Copies"), [Present(WHOLE)])
    cover = FileField(_l("Picture of the cover"), filters=[_upload])

    def offer(self, book: Book | None = None) -> None:
        """Fill the lists; a book's own language and category stay choices even when the lists lack them."""
        languages = {*LANGUAGES, book.language} if book else {*LANGUAGES}
        categories = {*CATEGORIES, book.category} if book and book.category else {*CATEGORIES}
        self.language.choices = choices(by_name([(code, language_name(code)) for code in languages]))
        named = by_name([(name, category_name(name)) for name in categories])
        self.category.choices = choices([("", _l("None of these")), *named])

    def fields(self) -> BookFields:
        """What was entered, as the catalogue takes it."""
        return BookFields(
            title=self.title.data,
            author=self.author.data,
            year=self.year.data,
            language=self.language.data,
            category=self.category.data or None,
            description=self.description.data,
            description_es=self.description_es.data or None,
            price=self.price.data,
            stock=self.stock.data,
        )

    def picture(self) -> BinaryIO | None:
        """The picture that was sent, if any."""
        sent: FileStorage | None = self.cover.data
        return sent.stream if sent else None  # type: ignore[return-value]

    def refuse_book(self, refusal: BadCover | Invalid) -> int:
        """Show why the book was not taken; returns the HTTP status."""
        wrong = self.cover if isinstance(refusal, BadCover) else self._fields.get(refusal.field)
        self.refuse(refusal, wrong)
        return refusal.status


@blueprint.get("/book/my_books")
@members_only
def my_books() -> str:
    """The books that the reader sells."""
    page = catalogue.of_seller(current_user, request.args.get("cursor"))
    return render_template("my_books.html", page=page)


@blueprint.route("/book/add_book", methods=("GET", "POST"))
@members_only
def add_book() -> Response | str | tuple[str, int]:
    """Offer a book."""
    form, status = BookForm(), 200
    form.offer()
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                book = catalogue.add(current_user, form.fields(), form.picture())
            except (BadCover, Invalid) as refusal:
                status = form.refuse_book(refusal)
            else:
                flash(gettext("“%(title)s” is on sale now.", title=book.title), "done")
                return redirect(url_for("book.show", book_id=book.id))
    return render_template("add_book.html", form=form), status


@blueprint.route("/book/edit_book/<id:book_id>", methods=("GET", "POST"))
@members_only
def edit_book(book_id: int) -> Response | str | tuple[str, int]:
    """Change what is offered."""
    book, status = catalogue.own(current_user, book_id), 200
    form = BookForm(obj=book)
    form.offer(book)
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                catalogue.edit(current_user, book_id, form.fields(), form.picture())
            except (BadCover, Invalid) as refusal:
                status = form.refuse_book(refusal)
            else:
                flash(gettext("Your changes are kept."), "done")
                return redirect(url_for("book.show", book_id=book_id))
    return render_template("edit_book.html", form=form, book=book), status


@blueprint.get("/book/delete_book/<id:book_id>")
@members_only
def ask_to_delete(book_id: int) -> str:
    """Ask whether the book is really to be withdrawn."""
    return render_template("delete_book.html", book=catalogue.own(current_user, book_id))


@blueprint.post("/book/delete_book/<id:book_id>")
@members_only
def delete_book(book_id: int) -> Response:
    """Withdraw a book; the orders that name it stay as they are."""
    catalogue.delete(current_user, book_id)
    flash(gettext("The book is no longer on sale."), "done")
    return redirect(url_for(".my_books"))
