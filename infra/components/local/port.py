"""TCP ports of this machine, and the servers that listen on them."""

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Self

from infra.components.local.process import POLL_SECONDS


@dataclass(frozen=True)
class Port:
    """A TCP port of one address.

    Args:
        host: an IPv4 or IPv6 address.
        number: 1-65535.
    """

    host: str
    number: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.number}" if ":" in self.host else f"{self.host}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `host:port`, as `str` writes it."""
        host, _, number = text.rpartition(":")
        return cls(host.strip("[]"), int(number))

    def is_free(self) -> bool:
        """Tell whether a server could listen on the port."""
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((self.host, self.number))
            except OSError:
                return False
            return True

    def wait_until_free(self, timeout: float) -> bool:
        """Wait until the port is free, for at most `timeout` seconds; return whether it is."""
        deadline = time.monotonic() + timeout
        while not self.is_free():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def readiness_error(self) -> str:
        """Request /readyz and return what is wrong; empty if it answers with status 200."""
        connection = http.client.HTTPConnection(self.host, self.number, timeout=30)
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            body = response.read(500).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return str(error) or type(error).__name__
        finally:
            connection.close()
        return "" if response.status == 200 else f"{response.status} {body}".strip()
