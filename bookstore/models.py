"""The tables."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookstore.columns import Money, Timestamp
from bookstore.extensions import Base

# Compared byte by byte, as SQLite does, so that both databases agree on what is equal and what comes first.
TABLE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
HOME = "CO"  # the country that national delivery providers deliver in


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class Role(StrEnum):
    """What an account may do: members buy and sell, administrators also run the shop."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"


class OrderStatus(StrEnum):
    """The status of an order, as customers see it before translation."""

    PENDING = "Pending Payment"
    PAID = "Paid"
    SHIPPED = "Shipped"
    DELIVERED = "Delivered"
    CANCELLED = "Cancelled"
    EXPIRED = "Expired"


def _names(kind: type[StrEnum]) -> Enum:
    # Stored as text: a native ENUM needs a migration for every new value.
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda names: [name.value for name in names]
    )


class User(Base):
    """An account. The e-mail address is in lower case; the name is empty once the account is deleted."""

    # What Flask-Login asks of a user; its own mixin has no types.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    __tablename__ = "users"
    __table_args__ = TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(_names(Role), default=Role.MEMBER)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)

    @property
    def is_administrator(self) -> bool:
        """Return whether the account may run the shop."""
        return self.role is Role.ADMINISTRATOR

    def get_id(self) -> str:
        """Return what a session remembers. It depends on the password: a new one ends other sessions."""
        return f"{self.id}.{hashlib.sha256(self.password_hash.encode()).hexdigest()[:16]}"


class Book(Base):
    """A book on sale. A withdrawn one stays, hidden, for the orders of it."""

    __tablename__ = "books"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("stock >= 0", name="stock"),
        Index("ix_books_title_key_id", "title_key", "id"),
        Index("ix_books_price_id", "price", "id"),
        Index("ix_books_seller_id_id", "seller_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(100))  # the folded title, by which TITLE sorts
    author: Mapped[str] = mapped_column(String(200))
    year: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(8))
    category: Mapped[str | None] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(Text)
    description_es: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Money)
    stock: Mapped[int]
    cover: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Timestamp)

    seller: Mapped[User] = relationship()


class BookWord(Base):
    """The search index: each term of each book on sale (see `bookstore.search`)."""

    __tablename__ = "book_words"
    __table_args__ = (Index("ix_book_words_book_id", "book_id"), TABLE | {"sqlite_with_rowid": False})

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"), primary_key=True)


class CartItem(Base):
    """Copies of one book in a member's cart; they reserve no stock."""

    __tablename__ = "cart_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        Index("ix_cart_items_book_id", "book_id"),
        TABLE,
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"), primary_key=True)
    quantity: Mapped[int]

    book: Mapped[Book] = relationship()


class DeliveryProvider(Base):
    """A carrier and its price for one order, in US dollars."""

    __tablename__ = "delivery_providers"
    __table_args__ = TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    international: Mapped[bool]
    price: Mapped[Decimal] = mapped_column(Money)
    active: Mapped[bool] = mapped_column(default=True)

    def reaches(self, country: str) -> bool:
        """Return whether it delivers to that country (ISO 3166-1 code)."""
        return self.international or country == HOME


class Order(Base):
    """An order, at the prices of its moment; `total` = `subtotal` + `delivery_price`."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("buyer_id", "key"),
        Index("ix_orders_status_expires_at", "status", "expires_at"),
        Index("ix_orders_buyer_id_id", "buyer_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(
        String(64)
    )  # of the form that placed it: the form sent twice is one order
    status: Mapped[OrderStatus] = mapped_column(_names(OrderStatus), default=OrderStatus.PENDING)
    recipient: Mapped[str] = mapped_column(String(100))
    street: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(60))
    provider_id: Mapped[int] = mapped_column(ForeignKey("delivery_providers.id"))
    delivery_price: Mapped[Decimal] = mapped_column(Money)
    subtotal: Mapped[Decimal] = mapped_column(Money)
    total: Mapped[Decimal] = mapped_column(Money)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
    paid_at: Mapped[datetime | None] = mapped_column(Timestamp)

    buyer: Mapped[User] = relationship()
    provider: Mapped[DeliveryProvider] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.book_id")
    payment: Mapped[Payment | None] = relationship()


class OrderLine(Base):
    """Copies of one book in an order, with the title, author and price of that moment."""

    __tablename__ = "order_lines"
    __table_args__ = (CheckConstraint("quantity >= 1", name="quantity"), TABLE)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(200))
    unit_price: Mapped[Decimal] = mapped_column(Money)
    quantity: Mapped[int]

    book: Mapped[Book] = relationship()

    @property
    def total(self) -> Decimal:
        """Return the price of all copies together."""
        return self.unit_price * self.quantity


class Payment(Base):
    """The one payment of an order."""

    __tablename__ = "payments"
    __table_args__ = TABLE

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, default=now)
