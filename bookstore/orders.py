"""Orders: placed, paid, shipped, delivered, cancelled or expired."""

import re
import secrets
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import joinedload, selectinload

from bookstore import carts, metrics, money
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
    TotalChanged,
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
from bookstore.paging import MAX_ID, Page, Sorting, page
from bookstore.text import line
from bookstore.transactions import changed, transaction

METHODS = ("card", "transfer", "cash")

# Which status may follow which; the ones missing on the left are final.
TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
}

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LATEST: Sorting[Order] = Sorting((Order.id,), lambda order: [order.id], descending=True)


@dataclass(frozen=True)
class Address:
    """A delivery address, `country` as ISO 3166-1 code; `place` validates it."""

    recipient: str
    street: str
    city: str
    country: str


def delivery_providers() -> list[DeliveryProvider]:
    """Return the active delivery providers."""
    found = select(DeliveryProvider).where(DeliveryProvider.active.is_(True)).order_by(DeliveryProvider.id)
    return list(db.session.scalars(found))


@transaction
def place(
    buyer: User, address: Address, provider_id: int, key: str, *, agreed: Decimal | None = None
) -> Order:
    """Order the whole cart; its copies are reserved until `Order.expires_at`.

    `key` is the form's own random text: sent again, it returns the order that it placed before, unless that
    was cancelled or expired. `agreed` is the total that the buyer was shown; None accepts any. Selling
    changes books, which begins a new edition of the catalogue (see `bookstore.transactions`).
    Raise `Invalid`, `TotalChanged`, `UnknownProvider`, `OutOfReach`, `EmptyCart`, `OwnBook`, or `OutOfStock`
    with the titles that ran out.
    """
    _check_key(key)
    carts.lock(buyer)
    placed = db.session.scalar(select(Order).where(Order.buyer_id == buyer.id, Order.key == key))
    if placed is not None and placed.status not in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        return placed
    if placed is not None:
        placed.key = secrets.token_urlsafe(24)  # it has ended: the form, sent again, means the present cart
        db.session.flush()
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
    total = money.total(goods, provider.price)
    if agreed is not None and agreed != total:
        raise TotalChanged
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
        total=total,
        created_at=moment,
        expires_at=moment + settings().order_timeout,
        lines=lines,
    )
    db.session.add(order)
    db.session.execute(delete(CartItem).where(CartItem.user_id == buyer.id))
    return order


def _take(buyer: User, wanted: list[CartItem]) -> list[OrderLine]:
    """Take the copies out of stock, in the order of the books' ids so that no two orders deadlock."""
    lines: list[OrderLine] = []
    short: list[str] = []
    for item in wanted:
        enough = (Book.id == item.book_id, Book.stock >= item.quantity, Book.deleted_at.is_(None))
        taken = changed(update(Book).where(*enough).values(stock=Book.stock - item.quantity))
        # Read after the update has locked the row: the price stays the same until the order is committed.
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
    """Choose another delivery provider, at its price.

    Raise `UnknownProvider`, `OutOfReach`, or `IllegalTransition` once the order is paid.
    """
    order = _own(buyer, order_id)
    provider = _provider(provider_id, order.country)
    if order.status is not OrderStatus.PENDING or order.expires_at <= now():
        raise IllegalTransition
    order.provider_id = provider.id
    order.delivery_price = provider.price
    order.total = money.total(order.subtotal, provider.price)
    return order


def pay(buyer: User, order_id: int, method: str, key: str, *, agreed: Decimal | None = None) -> Payment:
    """Pay the order's total, once: a repeated call returns the first payment, whatever its key.

    `agreed` is the total that the buyer was shown; None accepts any.
    Raise `TotalChanged`, `PaymentRefused` for an unknown method or another order's key, `IllegalTransition`
    when the order was cancelled or its time ran out.
    """
    payment, fresh = _pay(buyer, order_id, method, key, agreed)
    if fresh:
        metrics.ORDERS_PAID.inc()
    return payment


@transaction
def _pay(buyer: User, order_id: int, method: str, key: str, agreed: Decimal | None) -> tuple[Payment, bool]:
    _check_key(key)
    order = _own(buyer, order_id)
    if order.payment is not None:
        return order.payment, False
    if method not in METHODS:
        raise PaymentRefused(_l("Please choose one of the payment methods."))
    if db.session.scalar(select(Payment.id).where(Payment.key == key)) is not None:
        raise PaymentRefused
    if order.expires_at <= now():
        raise IllegalTransition(_l("The time to pay for this order is over."))
    if agreed is not None and agreed != order.total:
        raise TotalChanged
    _move(order, OrderStatus.PAID)
    order.paid_at = now()
    payment = Payment(order_id=order.id, amount=order.total, method=method, key=key)
    db.session.add(payment)
    return payment, True


@transaction
def cancel(buyer: User, order_id: int) -> Order:
    """Cancel an order that is not paid and return its copies to stock. Raise `IllegalTransition`."""
    return _close(_own(buyer, order_id), OrderStatus.CANCELLED)


@transaction
def cancel_all(buyer: User) -> None:
    """Cancel all orders of the buyer that are not paid, and return their copies to stock."""
    unpaid = select(Order.id).where(Order.buyer_id == buyer.id, Order.status == OrderStatus.PENDING)
    for order_id in db.session.scalars(unpaid.order_by(Order.id)).all():
        order = _locked(order_id)
        if order.status is OrderStatus.PENDING:
            _close(order, OrderStatus.CANCELLED)


@transaction
def ship(order_id: int) -> Order:
    """Mark a paid order as shipped. Raise `IllegalTransition`."""
    return _move(_locked(order_id), OrderStatus.SHIPPED)


@transaction
def deliver(order_id: int) -> Order:
    """Mark a shipped order as delivered. Raise `IllegalTransition`."""
    return _move(_locked(order_id), OrderStatus.DELIVERED)


def get(user: User, order_id: int) -> Order:
    """Return the user's own order, or for an administrator anybody's. Raise `NotFound`."""
    found = db.session.scalar(_whole().where(Order.id == order_id)) if 0 < order_id <= MAX_ID else None
    if found is None or not (found.buyer_id == user.id or user.is_administrator):
        raise NotFound
    return found


def of_buyer(user: User, cursor: str | None = None, size: int = 20) -> Page[Order]:
    """Return the user's orders, the latest first."""
    return page(_whole().where(Order.buyer_id == user.id), _LATEST, cursor, size)


def everyone(cursor: str | None = None, size: int = 20) -> Page[Order]:
    """Return everyone's orders, the latest first."""
    return page(_whole(), _LATEST, cursor, size)


def expire_overdue(limit: int = 200) -> int:
    """Expire at most `limit` orders that were not paid in time, and return how many were."""
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
    _close(order, OrderStatus.EXPIRED)
    return True


def _move(order: Order, status: OrderStatus) -> Order:
    """Change the status if `TRANSITIONS` permits; of several attempts at once only one succeeds."""
    if status not in TRANSITIONS.get(order.status, frozenset()):
        raise IllegalTransition
    unmoved = update(Order).where(Order.id == order.id, Order.status == order.status)
    if not changed(unmoved.values(status=status)):
        raise IllegalTransition
    db.session.refresh(order, ["status"])
    return order


def _close(order: Order, status: OrderStatus) -> Order:
    """End an order that was not paid and return its copies to stock."""
    _move(order, status)
    for item in order.lines:
        changed(update(Book).where(Book.id == item.book_id).values(stock=Book.stock + item.quantity))
    return order


def _locked(order_id: int) -> Order:
    """Return the order, locked until the transaction ends. Raise `NotFound`."""
    if not 0 < order_id <= MAX_ID:
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
        raise NotFound  # not `NotAllowed`: that would tell that the order exists
    return order


def _provider(provider_id: int, country: str) -> DeliveryProvider:
    """Return the provider. Raise `UnknownProvider` or `OutOfReach`."""
    found = db.session.get(DeliveryProvider, provider_id) if 0 < provider_id <= MAX_ID else None
    if found is None or not found.active:
        raise UnknownProvider
    if not found.reaches(country):
        raise OutOfReach(found.name)
    return found


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid(_l("The form is incomplete. Please reload the page."))


def _whole() -> Select[Order]:
    return select(Order).options(
        joinedload(Order.buyer, innerjoin=True),
        joinedload(Order.provider, innerjoin=True),
        joinedload(Order.payment),
        selectinload(Order.lines).joinedload(OrderLine.book, innerjoin=True),
    )
