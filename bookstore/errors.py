"""The shop's refusals, each with a message for the visitor."""

from collections.abc import Sequence
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Refused(Exception):  # noqa: N818
    """Base class of the refusals; `status` is the HTTP status."""

    status: ClassVar[int] = 400
    default: ClassVar[LazyString] = _l("This is not possible.")

    def __init__(self, message: LazyString | None = None) -> None:
        self.message: LazyString = self.default if message is None else message
        super().__init__()

    def __str__(self) -> str:
        return str(self.message)


class Invalid(Refused):
    """A value is not valid: an empty name, a negative price, a quantity of zero."""

    default = _l("Please check the values you entered.")
    field: str | None = None  # which one, where a form has several


class EmailTaken(Refused):
    """Another account has this e-mail address."""

    status = 409
    default = _l("An account with this e-mail address already exists.")


class NotFound(Refused):
    """It does not exist, or this person may not see it."""

    status = 404
    default = _l("We could not find what you are looking for.")


class NotAllowed(Refused):
    """It is public, but this person may not change it."""

    status = 403
    default = _l("You are not allowed to do this.")


class BookChanged(Refused):
    """Somebody changed the book, or bought copies, since the form to edit it was shown."""

    status = 409
    default = _l("The book has changed since you opened this form. Please check the values and save again.")


class OutOfStock(Refused):
    """There are fewer copies than asked for, of the books in `titles`."""

    status = 409

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        super().__init__(_l("Not enough copies left: %(titles)s", titles=", ".join(self.titles)))


class OwnBook(Refused):
    """Sellers do not buy from themselves."""

    default = _l("You are the seller of this book.")


class EmptyCart(Refused):
    """The cart has nothing to order."""

    default = _l("Your cart is empty.")


class IllegalTransition(Refused):
    """The order's status does not permit this, or no longer does."""

    status = 409
    default = _l("The status of this order does not allow that any more.")


class TotalChanged(Refused):
    """The total is not the one that the buyer agreed to."""

    status = 409
    default = _l(
        "The total has changed since this page was shown. Please check the new one and confirm again."
    )


class UnknownProvider(Refused):
    """There is no such delivery provider, or it is not active."""

    default = _l("Please choose one of the delivery providers.")


class OutOfReach(Refused):
    """The delivery provider does not deliver to the order's country."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            _l(
                "%(provider)s delivers within Colombia only. Please choose one that delivers worldwide.",
                provider=provider,
            )
        )


class BadCover(Refused):
    """The file is no picture that the shop accepts as a cover."""

    default = _l("Please choose a JPEG, PNG or WebP picture of at most 5 MiB.")


class LastAdministrator(Refused):
    """The only administrator would leave the shop without one."""

    status = 409
    default = _l(
        "You are the only administrator. Make somebody else an administrator before you delete your account."
    )


class PaymentRefused(Refused):
    """The payment did not succeed."""

    default = _l("The payment was refused.")
