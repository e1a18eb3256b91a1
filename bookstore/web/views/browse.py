"""The catalogue's page: search, filter and sort the books on sale."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SearchField, SelectField
from wtforms.validators import ValidationError

from bookstore import catalogue
from bookstore.catalogue import Query, Sort
from bookstore.web import cache
from bookstore.web.forms import PriceField, at_most, choices
from bookstore.web.helpers.names import by_name, category_name, language_name

blueprint = Blueprint("browse", __name__)
SORTS = {
    Sort.NEWEST: _l("Newest first"),
    Sort.TITLE: _l("Title"),
    Sort.PRICE_LOW: _l("Lowest price first"),
    Sort.PRICE_HIGH: _l("Highest price first"),
}


class Filters(Form):  # type: ignore[misc]
    """The search form. Sent by GET and changing nothing, it needs no CSRF token and so no cookie."""

    q = SearchField(_l("Title or author"), [at_most(100)])
    language = SelectField(_l("Language"), default="")
    category = SelectField(_l("Category"), default="")
    min = PriceField(_l("From (US$)"))
    max = PriceField(_l("To (US$)"))
    in_stock = BooleanField(_l("In stock only"))
    sort = SelectField(_l("Sort by"), choices=choices(SORTS.items()), default=Sort.NEWEST)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        languages = [(code, language_name(code)) for code in catalogue.languages()]
        categories = [(name, category_name(name)) for name in catalogue.categories()]
        self.language.choices = choices([("", _l("All languages")), *by_name(languages)])
        self.category.choices = choices([("", _l("All categories")), *by_name(categories)])

    def validate_max(self, field: PriceField) -> None:
        """Refuse a range whose upper price is below the lower one."""
        if field.data is not None and self.min.data is not None and field.data < self.min.data:
            raise ValidationError(_l("The highest price must not be below the lowest price."))

    def query(self) -> Query:
        """Return the query, without the fields that are invalid."""
        wrong = set(self.errors)
        asked: dict[str, Any] = {
            name: field.data for name, field in self._fields.items() if name not in wrong
        }
        return Query(
            text=asked.get("q") or "",
            language=asked.get("language") or None,
            category=asked.get("category") or None,
            minimum=asked.get("min"),
            maximum=asked.get("max"),
            in_stock=bool(asked.get("in_stock")),
            sort=Sort(asked.get("sort") or Sort.NEWEST),
        )


@blueprint.get("/book/catalog", endpoint="catalogue")
def show_catalogue() -> str:
    """Show one page of the catalogue."""
    return render_template("catalogue.html", content=cache.fragment("catalogue", _content))


def _content() -> str:
    """Return the search form and the books that it finds."""
    filters = Filters(request.args)
    filters.validate()
    page = catalogue.find(filters.query(), cursor=request.args.get("cursor"))
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if value and name in filters}
    narrowed = any(name not in ("q", "sort") for name in asked)

    def address(cursor: str) -> str:
        return url_for(".catalogue", **asked, cursor=cursor)

    return render_template(
        "parts/catalogue.html", filters=filters, page=page, asked=asked, narrowed=narrowed, address=address
    )
