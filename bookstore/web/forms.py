"""The base class of the shop's forms, with the fields and validators they share."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import flash, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, IntegerField, PasswordField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from bookstore.errors import Refused
from bookstore.money import to_money

WHOLE = _l("Please enter a whole number.")
RANGE = _l("Please enter a number from %(min)s to %(max)s.")
MAX_QUANTITY = 1000  # copies of one book in a cart

_AMOUNT = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?|[.,][0-9]{1,2}")


def _stripped(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


class Form(FlaskForm):  # type: ignore[misc]
    """A form with CSRF protection that strips blanks from its texts.

    A view validates it and does its work within `refusals`, then renders the form with its `status`:

        if form.validate_on_submit():
            with form.refusals(form.email):
                accounts.register(...)
                return redirect(...)
        return render_template("register.html", form=form), form.status
    """

    status = 200  # of the page that shows the form: 400 once it is invalid, a refusal's own once refused

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Read the form parts of a request only, and strip each text but a password."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return texts for all fields and files for file fields: a JSON body is no form."""
            if formdata is not _Auto:
                return super().wrap_formdata(form, formdata)
            if not form.is_submitted():
                return None
            upload = {name for name, field in form._fields.items() if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in upload]
            return CombinedMultiDict([MultiDict(files), request.form])

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Bind one field to the form."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), _stripped]}
            return unbound_field.bind(form=form, **options)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Return whether the form was sent and is valid."""
        if not self.is_submitted():
            return False
        valid = bool(self.validate(extra_validators))
        self.status = 200 if valid else 400
        return valid

    @contextmanager
    def refusals(self, field: Field | None = None) -> Iterator[None]:
        """Show what the shop refuses within the block, at `field` or else at the top of the page."""
        try:
            yield
        except Refused as refusal:
            self.status = refusal.status
            beside = self.field_of(refusal) or field
            if beside is None:
                flash(refusal.message, "refused")
            else:
                beside.errors = [*beside.errors, refusal.message]

    def field_of(self, refusal: Refused) -> Field | None:  # noqa: ARG002
        """Return the field that a refusal is about, where the form knows it."""
        return None


def required(message: Any) -> list[Any]:
    """Return the validators of a text that must not be blank."""
    return [InputRequired(message), _not_blank(message)]


class Present:
    """Validator: a number was entered. An unreadable one has its message already."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, _form: Any, field: Field) -> None:
        """Stop validating an empty field."""
        if field.data is None:
            raise StopValidation() if field.errors else StopValidation(self.message)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return the choices of a select or of radio buttons from (value, text) pairs."""
    return [SelectChoice(value, text) for value, text in pairs]


def at_most(length: int) -> Length:
    """Return the validator of a text's length, in characters."""
    return Length(max=length, message=_l("Please use at most %(max)d characters.", max=length))


def _not_blank(message: Any) -> Any:
    def check(_form: Any, field: Field) -> None:
        if not str(field.data or "").strip():
            raise ValidationError(message)

    return check


class PriceField(StringField):  # type: ignore[misc]
    """An amount in US dollars, with a decimal point or a decimal comma and at most two decimals.

    Anything else is refused: 1,234 is one thousand to some readers, and one dollar and a bit to others.
    """

    data: Any  # a Decimal, once the form is valid and the field required

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount; `data` stays None when nothing was entered."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        try:
            if not _AMOUNT.fullmatch(text):
                raise ValueError(text)
            self.data = to_money(text.replace(",", "."))
        except ValueError as failure:
            raise ValueError(
                _l("Please enter an amount such as 12.50 or 1234.50, without thousands separators.")
            ) from failure


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number, refused in the reader's language when it is not one."""

    data: Any  # a number, once the form is valid and the field required

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; `data` stays None when nothing was entered."""
        if valuelist and not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(WHOLE) from failure
