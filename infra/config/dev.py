"""The settings of `dev`: the BookStore served on this machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.config.keys import StackConfig


@dataclass(frozen=True, kw_only=True)
class Dev:
    """The settings of `dev`: the BookStore served on this machine."""

    host: str
    port: int
    workers: int
    data_directory: Path
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take the settings of `dev` from the stack's keys."""
        return cls(
            host=keys.loopback("host", "127.0.0.1"),
            port=keys.number("port", 8080, 1024, 65535),
            workers=keys.number("workers", 2, 1, 16),
            data_directory=keys.directory("dataDirectory", Path(".data") / keys.stack),
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )
