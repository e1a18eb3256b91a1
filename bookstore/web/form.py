"""What every form of the shop is made of."""

from collections.abc import Iterable
from typing import Any

from flask import flash
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, PasswordField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from bookstore.errors import Refused
from bookstore.money import to_money

WHOLE = _l("Please enter a whole number.")
RANGE = _l("Please enter a number from %(min)s to %(max)s.")
MOST_COPIES = 1000


def _stripped(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


class Form(FlaskForm):  # type: ignore[misc]
    """A form protected against forgery, whose texts come without the blanks around them."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Binds the fields; a password alone keeps its blanks."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Make one field of the form."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), _stripped]}
            return unbound_field.bind(form=form, **options)

    def refuse(self, refusal: Refused, field: Field | None = None) -> None:
        """Show what the shop refused, beside the field that it is about or at the head of the page."""
        if field is None:
            flash(refusal.message, "refused")
        else:
            field.errors = [*field.errors, refusal.message]


def required(message: Any) -> list[Any]:
    """The check that something other than blanks was entered."""
    return [InputRequired(message), _not_blank(message)]


class Present:
    """The check that a number was entered; what could not be read as one has its message already."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, _form: Any, field: Field) -> None:
        """Stop the checks of an empty field."""
        if field.data is None:
            raise StopValidation() if field.errors else StopValidation(self.message)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """The choices of a list or of radio buttons, from (value, text) pairs."""
    return [SelectChoice(value, text) for value, text in pairs]


def at_most(length: int) -> Length:
    """The check of a text's length, in characters."""
    return Length(max=length, message=_l("Please use at most %(max)d characters.", max=length))


def _not_blank(message: Any) -> Any:
    def check(_form: Any, field: Field) -> None:
        if not str(field.data or "").strip():
            raise ValidationError(message)

    return check


class PriceField(StringField):  # type: ignore[misc]
    """An amount in US dollars, written with a decimal point or a decimal comma."""

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
            self.data = to_money(text.replace(",", ".") if text.count(",") + text.count(".") == 1 else text)
        except ValueError as failure:
            raise ValueError(_l("Please enter an amount of dollars such as 12.50.")) from failure


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number; what is none is refused in the reader's language."""

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
