"""Orders: from the cart to the door."""

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import joinedload, selectinload

from bookstore import cart, metrics, money
from bookstore.config import settings
from bookstore.errors import (
    EmptyCart,
    IllegalTransition,
    Invalid,
    NotFound,
    OutOfReach,
    OutOfStock,
    OwnBook,
    PaymentRefused,
    UnknownProvider,
)
from bookstore.extensions import db
from bookstore.models import (
    Book,
    CartItem,
    DeliveryProvider,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    User,
    now,
)
from bookstore.paging import LARGEST_ID, Page, Sorting, page
from bookstore.text import line
from bookstore.transactions import changed, transaction

METHODS = ("card", "transfer", "cash")

# What may follow what. Nothing follows the states that are missing on the left.
TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
}

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LATEST: Sorting[Order] = Sorting((Order.id,), lambda order: [order.id], falling=True)


@dataclass(frozen=True)
class Address:
    """Where an order goes, `country` by its ISO 3166-1 code; checked when it is placed."""

    recipient: str
    street: str
    city: str
    country: str


def delivery_providers() -> list[DeliveryProvider]:
    """Who delivers for the shop at present."""
    found = select(DeliveryProvider).where(DeliveryProvider.active.is_(True)).order_by(DeliveryProvider.id)
    return list(db.session.scalars(found))


@transaction
def place(buyer: User, address: Address, provider_id: int, key: str) -> Order:
    """Order the whole cart; the stock is the buyer's until `Order.expires_at`.

    `key` is the form's own random text: with the same one again, the order that it placed is returned.
    Raises `Invalid`, `UnknownProvider`, `OutOfReach`, `EmptyCart`, `OwnBook`, or `OutOfStock` with the titles
    that ran out.
    """
    _check_key(key)
    cart.lock(buyer)
    placed = db.session.scalar(select(Order).where(Order.buyer_id == buyer.id, Order.key == key))
    if placed is not None:
        return placed
    country = line(address.country, _l("Country"), 60)
    provider = _provider(provider_id, country)
    wanted = list(
        db.session.scalars(
            select(CartItem).where(CartItem.user_id == buyer.id).order_by(CartItem.book_id).with_for_update()
        )
    )
    if not wanted:
        raise EmptyCart
    lines = _take(buyer, wanted)
    goods = money.subtotal((line.unit_price, line.quantity) for line in lines)
    moment = now()
    order = Order(
        buyer_id=buyer.id,
        key=key,
        recipient=line(address.recipient, _l("Recipient"), 100),
        street=line(address.street, _l("Street"), 200),
        city=line(address.city, _l("City"), 100),
        country=country,
        provider_id=provider.id,
        delivery_price=provider.price,
        subtotal=goods,
        total=money.total(goods, provider.price),
        created_at=moment,
        expires_at=moment + settings().order_timeout,
        lines=lines,
    )
    db.session.add(order)
    db.session.execute(delete(CartItem).where(CartItem.user_id == buyer.id))
    return order


def _take(buyer: User, wanted: list[CartItem]) -> list[OrderLine]:
    """Take the copies out of the stock, by the books' ids so that no two orders wait for each other."""
    lines: list[OrderLine] = []
    short: list[str] = []
    for item in wanted:
        enough = (Book.id == item.book_id, Book.stock >= item.quantity, Book.deleted_at.is_(None))
        taken = changed(update(Book).where(*enough).values(stock=Book.stock - item.quantity))
        # Read after the row is ours: the price is this moment's, and stays so until the order is kept.
        book = db.session.get_one(Book, item.book_id, populate_existing=True)
        if book.seller_id == buyer.id:
            raise OwnBook
        if not taken:
            short.append(book.title)
            continue
        lines.append(
            OrderLine(
                book_id=book.id,
                title=book.title,
                author=book.author,
                unit_price=book.price,
                quantity=item.quantity,
            )
        )
    if short:
        raise OutOfStock(short)
    return lines


@transaction
def choose_delivery(buyer: User, order_id: int, provider_id: int) -> Order:
    """Deliver by another provider, at its price.

    Raises `UnknownProvider`, `OutOfReach`, or `IllegalTransition` once the order is paid.
    """
    order = _own(buyer, order_id)
    provider = _provider(provider_id, order.country)
    if order.status is not OrderStatus.PENDING or order.expires_at <= now():
        raise IllegalTransition
    order.provider_id = provider.id
    order.delivery_price = provider.price
    order.total = money.total(order.subtotal, provider.price)
    return order


def pay(buyer: User, order_id: int, method: str, key: str) -> Payment:
    """Pay the order's total, once: repeated, by whatever key, the payment that took place is returned.

    Raises `PaymentRefused` for an unknown method or a key of another order, `IllegalTransition` when the
    order was cancelled or its time ran out.
    """
    payment, fresh = _pay(buyer, order_id, method, key)
    if fresh:
        metrics.ORDERS_PAID.inc()
    return payment


@transaction
def _pay(buyer: User, order_id: int, method: str, key: str) -> tuple[Payment, bool]:
    _check_key(key)
    order = _own(buyer, order_id)
    if order.payment is not None:
        return order.payment, False
    if method not in METHODS:
        raise PaymentRefused(_l("Please choose one of the ways of payment offered."))
    if db.session.scalar(select(Payment.id).where(Payment.key == key)) is not None:
        raise PaymentRefused
    if order.expires_at <= now():
        raise IllegalTransition(_l("The time to pay this order has run out."))
    _move(order, OrderStatus.PAID)
    order.paid_at = now()
    payment = Payment(order_id=order.id, amount=order.total, method=method, key=key)
    db.session.add(payment)
    return payment, True


@transaction
def cancel(buyer: User, order_id: int) -> Order:
    """Give up an order that is not paid and return its copies; raises `IllegalTransition`."""
    order = _own(buyer, order_id)
    _move(order, OrderStatus.CANCELLED)
    _give_back(order)
    return order


@transaction
def ship(order_id: int) -> Order:
    """Record that a paid order left the house; raises `IllegalTransition`."""
    return _move(_locked(order_id), OrderStatus.SHIPPED)


@transaction
def deliver(order_id: int) -> Order:
    """Record that a shipped order arrived; raises `IllegalTransition`."""
    return _move(_locked(order_id), OrderStatus.DELIVERED)


def get(user: User, order_id: int) -> Order:
    """The order with all it holds; raises `NotFound` unless it is the user's or the user runs the shop."""
    found = db.session.scalar(_whole().where(Order.id == order_id)) if 0 < order_id <= LARGEST_ID else None
    if found is None or not (found.buyer_id == user.id or user.is_administrator):
        raise NotFound
    return found


def of_buyer(user: User, cursor: str | None = None, size: int = 20) -> Page[Order]:
    """The user's orders, the latest first."""
    return page(_whole().where(Order.buyer_id == user.id), _LATEST, cursor, size)


def everyone(cursor: str | None = None, size: int = 20) -> Page[Order]:
    """Everyone's orders, the latest first."""
    return page(_whole(), _LATEST, cursor, size)


def expire_overdue(limit: int = 200) -> int:
    """Return the stock of at most `limit` orders that were not paid in time; how many this call expired."""
    due = db.session.scalars(
        select(Order.id)
        .where(Order.status == OrderStatus.PENDING, Order.expires_at <= now())
        .order_by(Order.expires_at)
        .limit(limit)
    ).all()
    return sum(_expire(order_id) for order_id in due)


@transaction
def _expire(order_id: int) -> bool:
    order = _locked(order_id)
    if order.status is not OrderStatus.PENDING:
        return False  # paid, cancelled or expired by another process meanwhile
    _move(order, OrderStatus.EXPIRED)
    _give_back(order)
    return True


def _move(order: Order, status: OrderStatus) -> Order:
    """Change the state if the table of transitions permits; only one of several at once succeeds."""
    if status not in TRANSITIONS.get(order.status, frozenset()):
        raise IllegalTransition
    unmoved = update(Order).where(Order.id == order.id, Order.status == order.status)
    if not changed(unmoved.values(status=status)):
        raise IllegalTransition
    db.session.refresh(order, ["status"])
    return order


def _give_back(order: Order) -> None:
    for item in order.lines:
        changed(update(Book).where(Book.id == item.book_id).values(stock=Book.stock + item.quantity))


def _locked(order_id: int) -> Order:
    """The order, for this transaction to change; raises `NotFound`."""
    if not 0 < order_id <= LARGEST_ID:
        raise NotFound
    found = db.session.scalar(
        select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def _own(buyer: User, order_id: int) -> Order:
    order = _locked(order_id)
    if order.buyer_id != buyer.id:
        raise NotFound  # not that it is somebody else's: who asks learns nothing
    return order


def _provider(provider_id: int, country: str) -> DeliveryProvider:
    """The provider, if it delivers for the shop and to that country."""
    found = db.session.get(DeliveryProvider, provider_id) if 0 < provider_id <= LARGEST_ID else None
    if found is None or not found.active:
        raise UnknownProvider
    if not found.reaches(country):
        raise OutOfReach(found.name)
    return found


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid(_l("The form is incomplete. Please load the page again."))


def _whole() -> Select[Order]:
    return select(Order).options(
        joinedload(Order.buyer, innerjoin=True),
        joinedload(Order.provider, innerjoin=True),
        joinedload(Order.payment),
        selectinload(Order.lines).joinedload(OrderLine.book, innerjoin=True),
    )
