"""The deletion of an account: the person's data goes, and what others need of it stays."""

from sqlalchemy import delete as delete_from
from sqlalchemy import select, update

from bookstore import accounts, catalogue, covers, orders
from bookstore.errors import Invalid, LastAdministrator
from bookstore.extensions import db
from bookstore.models import CartItem, Order, Role, User
from bookstore.transactions import changed, transaction


def delete(user: User, password: str) -> None:
    """Delete the account, which ends all its sessions.

    Unpaid orders are cancelled, and their copies go back on sale. Other orders stay without name and address.
    The account's books are withdrawn, with their covers and descriptions; the orders of other buyers keep
    title and price. Raise `Invalid` for a wrong password, and `LastAdministrator`.
    """
    if not accounts.has_password(user, password):
        raise Invalid(accounts.WRONG_PASSWORD)
    for cover in _delete(user):
        covers.remove(cover)


@transaction
def _delete(user: User) -> list[str]:
    """Delete the account and return the names of its books' covers."""
    accounts.lock(user)
    if user.is_administrator:
        administrators = select(User.id).where(User.role == Role.ADMINISTRATOR).with_for_update()
        if len(db.session.scalars(administrators).all()) == 1:
            raise LastAdministrator
    orders.cancel_all(user)
    found = catalogue.withdraw_all(user)
    db.session.execute(delete_from(CartItem).where(CartItem.user_id == user.id))
    changed(update(Order).where(Order.buyer_id == user.id).values(recipient="", street="", city=""))
    user.name = ""
    user.email = f"deleted-{user.id}@bookstore.invalid"  # unique, and nobody can register it
    user.password_hash = accounts.NO_PASSWORD
    user.role = Role.MEMBER
    return found
