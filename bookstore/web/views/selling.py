"""A member's own books: put them on sale, edit and withdraw them."""

from typing import BinaryIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from bookstore import catalogue
from bookstore.book_fields import BookFields
from bookstore.errors import BadCover, BookChanged, Invalid, Refused
from bookstore.models import Book
from bookstore.web.auth import current_member, login_required
from bookstore.web.forms import WHOLE, Form, Present, PriceField, WholeField, at_most, choices, required
from bookstore.web.helpers.names import CATEGORIES, LANGUAGES, by_name, category_name, language_name

blueprint = Blueprint("selling", __name__)
MAX_DESCRIPTION_LENGTH = 5000  # characters of a description


def _upload(cover: object) -> FileStorage | None:
    """Return the picture sent with the form; the name of the present one is no upload."""
    return cover if isinstance(cover, FileStorage) else None


class BookForm(Form):
    """The form of a book on sale. Its language is the reader's unless it says another."""

    title = StringField(_l("Title"), [*required(_l("Please enter the title.")), at_most(200)])
    author = StringField(_l("Author"), [*required(_l("Please enter the author.")), at_most(200)])
    description = TextAreaField(
        _l("Description"), [*required(_l("Please describe the book.")), at_most(MAX_DESCRIPTION_LENGTH)]
    )
    description_es = TextAreaField(_l("Description in Spanish"), [at_most(MAX_DESCRIPTION_LENGTH)])
    language = SelectField(_l("Language"), default=lambda: str(get_locale()))
    category = SelectField(_l("Category"), default="", filters=[lambda code: code or ""])
    year = WholeField(_l("Year of first publication"), [Optional()])
    price = PriceField(_l("Price (US$)"), [Present(_l("Please enter the price."))])
    stock = WholeField(_l("Copies"), [Present(WHOLE)])
    version = HiddenField()
    cover = FileField(_l("Cover picture"), filters=[_upload])

    def offer(self, book: Book | None = None) -> None:
        """Fill the lists; a book keeps its own language and category even when the lists lack them."""
        languages = {*LANGUAGES, book.language} if book else {*LANGUAGES}
        categories = {*CATEGORIES, book.category} if book and book.category else {*CATEGORIES}
        self.language.choices = choices(by_name([(code, language_name(code)) for code in languages]))
        named = by_name([(name, category_name(name)) for name in categories])
        self.category.choices = choices([("", _l("No category")), *named])

    def fields(self) -> BookFields:
        """Return what was entered, as the catalogue takes it."""
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
        """Return the picture that was sent, if any."""
        sent: FileStorage | None = self.cover.data
        return sent.stream if sent else None  # type: ignore[return-value]

    def show_present(self, book: Book) -> None:
        """Show the book's present value beside each field that differs from it."""
        for name, entered in vars(self.fields()).items():
            present = getattr(book, name)
            if entered != present:
                field = self._fields[name]
                field.errors = [
                    *field.errors,
                    gettext("Current value: %(value)s", value="–" if present is None else present),
                ]

    def field_of(self, refusal: Refused) -> Field | None:
        """Return the field that the catalogue refused."""
        if isinstance(refusal, BadCover):
            return self.cover
        return self._fields.get(refusal.field) if isinstance(refusal, Invalid) else None


@blueprint.get("/book/my_books")
@login_required
def my_books() -> str:
    """Show the member's own books."""
    page = catalogue.of_seller(current_member(), request.args.get("cursor"))
    return render_template("my_books.html", page=page)


@blueprint.route("/book/add_book", methods=("GET", "POST"))
@login_required
def add_book() -> Response | tuple[str, int]:
    """Put a book on sale."""
    form = BookForm()
    form.offer()
    if form.validate_on_submit():
        with form.refusals():
            book = catalogue.add(current_member(), form.fields(), form.picture())
            flash(gettext("“%(title)s” is on sale now.", title=book.title), "done")
            return redirect(url_for("book.show", book_id=book.id))
    return render_template("add_book.html", form=form), form.status


@blueprint.route("/book/edit_book/<id:book_id>", methods=("GET", "POST"))
@login_required
def edit_book(book_id: int) -> Response | tuple[str, int]:
    """Edit a book on sale."""
    book = catalogue.own(current_member(), book_id)
    form = BookForm(obj=book)
    form.offer(book)
    if form.validate_on_submit():
        with form.refusals():
            catalogue.edit(
                current_member(), book_id, form.fields(), form.picture(), version=form.version.data or None
            )
            flash(gettext("Your changes are saved."), "done")
            return redirect(url_for("book.show", book_id=book_id))
        if form.status == BookChanged.status:
            form.show_present(book)
    if not form.is_submitted() or form.status == BookChanged.status:
        form.version.data = catalogue.version(book)
    return render_template("edit_book.html", form=form, book=book), form.status


@blueprint.get("/book/delete_book/<id:book_id>")
@login_required
def ask_to_delete(book_id: int) -> str:
    """Ask for confirmation before the book is withdrawn."""
    return render_template("delete_book.html", book=catalogue.own(current_member(), book_id))


@blueprint.post("/book/delete_book/<id:book_id>")
@login_required
def delete_book(book_id: int) -> Response:
    """Withdraw a book from sale; orders of it stay as they are."""
    catalogue.delete(current_member(), book_id)
    flash(gettext("The book is no longer on sale."), "done")
    return redirect(url_for(".my_books"))
