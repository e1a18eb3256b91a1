"""A port of this machine, and what answers on it."""

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Self

from infra import remedy
from infra.components.local.process import POLL
from infra.errors import DeploymentError


@dataclass(frozen=True)
class Port:
    """A TCP port on one address.

    Args:
        host: an IPv4 or IPv6 address.
        number: 1-65535.
    """

    host: str
    number: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.number}" if ":" in self.host else f"{self.host}:{self.number}"

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read what `str` has written."""
        host, _, number = written.rpartition(":")
        return cls(host.strip("[]"), int(number))

    def is_free(self) -> bool:
        """Tell whether a server could listen here."""
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((self.host, self.number))
            except OSError:
                return False
            return True

    def require_free(self, patience: float) -> None:
        """Wait until the port is free, at most `patience` seconds.

        Raises:
            DeploymentError: something else holds it.
        """
        deadline = time.monotonic() + patience
        while not self.is_free():
            if time.monotonic() > deadline:
                other = remedy.setting(None, {"port": str(self.number + 1)})
                raise DeploymentError(
                    f"Another program holds port {self.number} of {self.host}",
                    f"stop it, or choose another port: {other}",
                )
            time.sleep(POLL)

    def readiness(self) -> str:
        """Ask /readyz; empty when it answers 200, else what it said instead."""
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
