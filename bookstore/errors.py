"""What the shop refuses to do, in words for the person who asked."""

from collections.abc import Sequence
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Refused(Exception):  # noqa: N818
    """A request that the shop understood and turned down; `status` is its HTTP status."""

    status: ClassVar[int] = 400
    default: ClassVar[LazyString] = _l("This cannot be done.")

    def __init__(self, message: LazyString | None = None) -> None:
        self.message: LazyString = self.default if message is None else message
        super().__init__()

    def __str__(self) -> str:
        return str(self.message)


class Invalid(Refused):
    """A value that no form of the shop offers: an empty name, a negative price, a quantity of zero."""

    default = _l("Please check the values you entered.")
    field: str | None = None  # which one, where a form has several


class EmailTaken(Refused):
    """Another account has this e-mail address."""

    status = 409
    default = _l("An account with this e-mail address already exists.")


class NotFound(Refused):
    """There is no such thing, or it is not this person's to see."""

    status = 404
    default = _l("We could not find what you are looking for.")


class NotAllowed(Refused):
    """The thing exists and is public, but this person may not change it."""

    status = 403
    default = _l("You are not allowed to do this.")


class OutOfStock(Refused):
    """There are fewer copies than asked for; `titles` says of which books."""

    status = 409

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        super().__init__(_l("There are not enough copies left of: %(titles)s", titles=", ".join(self.titles)))


class OwnBook(Refused):
    """Sellers do not buy from themselves."""

    default = _l("You are the seller of this book.")


class EmptyCart(Refused):
    """There is nothing to order."""

    default = _l("Your cart is empty.")


class IllegalTransition(Refused):
    """The order's state does not permit this, or no longer does."""

    status = 409
    default = _l("This order can no longer be changed in that way.")


class UnknownProvider(Refused):
    """No such delivery provider, or it no longer delivers for the shop."""

    default = _l("Please choose one of the delivery providers offered.")


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


class PaymentRefused(Refused):
    """The payment did not take place."""

    default = _l("The payment was refused.")
