"""Carts: what members mean to order. A cart reserves no stock and holds no prices."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from bookstore import accounts, catalogue, money
from bookstore.errors import Invalid, NotFound, OutOfStock, OwnBook
from bookstore.extensions import db
from bookstore.models import CartItem, User
from bookstore.paging import MAX_ID
from bookstore.transactions import transaction

MAX_TITLES = 100  # different books in a cart


@dataclass(frozen=True)
class Cart:
    """A cart's items by book id, their price and the number of copies."""

    lines: list[CartItem]
    subtotal: Decimal
    count: int


def of(user: User) -> Cart:
    """Return the user's cart at today's prices."""
    lines = list(
        db.session.scalars(
            select(CartItem)
            .where(CartItem.user_id == user.id)
            .options(joinedload(CartItem.book, innerjoin=True))
            .order_by(CartItem.book_id)
        )
    )
    return Cart(
        lines,
        subtotal=money.subtotal((line.book.price, line.quantity) for line in lines),
        count=sum(line.quantity for line in lines),
    )


def count(user: User) -> int:
    """Return how many copies are in the user's cart."""
    found = db.session.scalar(select(func.sum(CartItem.quantity)).where(CartItem.user_id == user.id))
    return int(found or 0)


@transaction
def add(user: User, book_id: int, quantity: int) -> None:
    """Add copies to the cart. Raise `Invalid`, `NotFound`, `OwnBook`, or `OutOfStock` for too many."""
    if quantity < 1:
        raise Invalid(_l("The quantity must be at least 1."))
    lock(user)
    item = db.session.get(CartItem, (user.id, book_id)) if 0 < book_id <= MAX_ID else None
    _keep(user, book_id, item, quantity + (item.quantity if item else 0))


@transaction
def set_quantity(user: User, book_id: int, quantity: int) -> None:
    """Change the number of copies, 0 to remove the book. Raise `Invalid`, `NotFound` or `OutOfStock`."""
    if quantity < 0:
        raise Invalid(_l("The quantity must be at least 1."))
    if quantity == 0:
        remove(user, book_id)
        return
    lock(user)
    item = db.session.get(CartItem, (user.id, book_id)) if 0 < book_id <= MAX_ID else None
    if item is None:
        raise NotFound
    _keep(user, book_id, item, quantity)


@transaction
def remove(user: User, book_id: int) -> None:
    """Remove a book from the cart, if it is there."""
    if 0 < book_id <= MAX_ID:
        db.session.execute(delete(CartItem).where(CartItem.user_id == user.id, CartItem.book_id == book_id))


def lock(user: User) -> None:
    """Lock the user's cart until the transaction ends: two tabs of one person take turns."""
    accounts.lock(user)


def _keep(user: User, book_id: int, item: CartItem | None, quantity: int) -> None:
    book = catalogue.get(book_id)
    if book.seller_id == user.id:
        raise OwnBook
    if book.stock < quantity:
        raise OutOfStock([book.title])
    if item is not None:
        item.quantity = quantity
        return
    kinds = db.session.scalar(select(func.count()).select_from(CartItem).where(CartItem.user_id == user.id))
    if (kinds or 0) >= MAX_TITLES:
        raise Invalid(_l("A cart holds at most %(count)d different books.", count=MAX_TITLES))
    db.session.add(CartItem(user_id=user.id, book_id=book_id, quantity=quantity))
