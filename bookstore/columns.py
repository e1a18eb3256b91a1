"""Column types that mean the same on SQLite and on MySQL."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator


class Money(TypeDecorator[Decimal]):
    """An amount of US dollars, stored as whole cents: SQLite has no decimal type, only floats."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Convert dollars to cents. Raise `ValueError` for a fraction of a cent."""
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"{value} is not a whole number of cents")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Convert cents to dollars, with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


class Timestamp(TypeDecorator[datetime]):
    """A moment, stored in UTC to the microsecond and read with its time zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> "DateTime | mysql.DATETIME":
        """Keep the fraction of a second, which MySQL drops by default."""
        return mysql.DATETIME(fsp=6) if dialect.name == "mysql" else DateTime()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert an aware moment to UTC. Raise `ValueError` for one without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored moment, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)
