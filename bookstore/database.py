"""The database connection: a MySQL-compatible server, or SQLite."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL

_ALWAYS: dict[str, Any] = {
    "pool_size": 10,
    "max_overflow": 10,
    "hide_parameters": True,  # what people typed has no place in a log
}


@dataclass(frozen=True, kw_only=True)
class DatabaseServer:
    """The address and credentials of the MySQL-compatible server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    name: str
    authority: Path | None  # the certificate that the server's own must be signed by

    @property
    def url(self) -> URL:
        """Return SQLAlchemy's URL, which prints without the password."""
        return URL.create(
            "mysql+pymysql",
            username=self.user,
            password=self.password,
            host=self.host,
            port=self.port,
            database=self.name,
            query={"charset": "utf8mb4"},
        )


def engine_options(server: DatabaseServer | None) -> dict[str, Any]:
    """Return SQLAlchemy's engine options for the server, or without one for SQLite."""
    if server is None:
        return _ALWAYS | {"connect_args": {"timeout": 30}}  # seconds that a writer waits for its turn
    return _ALWAYS | {
        "pool_pre_ping": True,  # a server that restarted costs a reconnect, not an error
        "pool_recycle": 280,  # below the 300 s after which proxies and firewalls drop an idle connection
        # Each statement sees what is committed by then, and there are no gap locks to deadlock on.
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "connect_timeout": 5,
            "read_timeout": 60,
            "write_timeout": 60,
            "init_command": "SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', "
            "time_zone='+00:00', innodb_lock_wait_timeout=10",
        }
        | _encryption(server),
    }


def _encryption(server: DatabaseServer) -> dict[str, Any]:
    """Return the TLS options: verify the server by `authority`, or without one use TLS if it is offered."""
    if server.authority is None:
        return {}
    return {"ssl_ca": str(server.authority), "ssl_verify_cert": True, "ssl_verify_identity": True}
