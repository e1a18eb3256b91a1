"""The load balancer: HAProxy with the settings that the stage gives to ALB and its target group."""

import csv
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from tests.boot.network import NAME, Network
from tests.boot.patience import until
from tests.infra.capture import Resource

PUBLIC = "203.0.113.20"
# ALB's documented behaviour, which no setting changes.
CONNECT_SECONDS = 10
ALGORITHMS = {"least_outstanding_requests": "leastconn", "round_robin": "roundrobin"}


def configuration(targets: Resource, balancer: Resource, servers: Mapping[str, str], folder: Path) -> str:
    """Return HAProxy's configuration for the stage's ALB.

    Unlike an ALB it knows all future servers from the start: those that do not exist yet fail the health
    check. It opens a connection for each request. A request that had not begun when its server died finds no
    connection and goes to another server.

    Args:
        targets: the target group.
        balancer: its load balancer.
        servers: their addresses.
        folder: with `site.pem`, certificate and key; HAProxy makes its socket `balancer.sock` there.
    """
    asked, check = targets.inputs, targets.inputs["healthCheck"]
    assert (asked["protocol"], asked["targetType"], check["protocol"]) == ("HTTP", "instance", "HTTP")
    assert check["port"] == "traffic-port"
    idle = balancer.inputs["idleTimeout"]
    rhythm = f"inter {check['interval']}s rise {check['healthyThreshold']} fall {check['unhealthyThreshold']}"
    lines = "\n".join(
        f"    server {name} {address}:{asked['port']} check {rhythm}" for name, address in servers.items()
    )
    return f"""\
global
    stats socket {folder}/balancer.sock level admin
    log stdout format raw daemon

defaults
    mode http
    log global
    option httplog
    timeout connect {CONNECT_SECONDS}s
    timeout client {idle}s
    timeout server {idle}s

frontend http
    bind {PUBLIC}:80
    http-request redirect scheme https code 301

frontend https
    bind {PUBLIC}:443 ssl crt {folder}/site.pem
    option forwardfor
    http-request set-header X-Forwarded-Proto https
    default_backend shop

backend shop
    balance {ALGORITHMS[asked["loadBalancingAlgorithmType"]]}
    option http-server-close
    option redispatch 1
    option httpchk GET {check["path"]}
    http-check expect status {check["matcher"]}
    timeout check {check["timeout"]}s
{lines}
"""


class Balancer:
    """A load balancer at `PUBLIC`, under the shop's name, in a network."""

    def __init__(
        self, network: Network, targets: Resource, balancer: Resource, servers: Mapping[str, str]
    ) -> None:
        self._socket = network.folder / "balancer.sock"
        self._drain = targets.inputs["deregistrationDelay"]
        network.run("ip", "address", "add", f"{PUBLIC}/32", "dev", "lo")
        key, certificate = network.authority.issue(NAME, PUBLIC)
        (network.folder / "site.pem").write_text(certificate + key)
        file = network.folder / "balancer.cfg"
        file.write_text(configuration(targets, balancer, servers, network.folder))
        process = network.serve("balancer", "haproxy", "-db", "-f", str(file))

        def knows() -> bool:
            if process.poll() is not None:
                raise RuntimeError((network.folder / "balancer.log").read_text())
            # A server counts as healthy until its first check.
            return self._socket.exists() and not any(self.is_healthy(name) for name in servers)

        until(knows, "the load balancer to know that no server is there")

    def is_healthy(self, name: str) -> bool:
        """Return whether a server gets requests."""
        return self._of(name)["status"].startswith("UP")

    def deregister(self, name: str) -> None:
        """Send a server no new requests, and return after its last one, or after the deregistration delay."""
        self._say(f"set server shop/{name} state drain")
        deadline = time.monotonic() + self._drain
        while self._of(name)["scur"] != "0" and time.monotonic() < deadline:
            time.sleep(0.05)

    def served(self, name: str) -> int:
        """Return how many requests a server got."""
        return int(self._of(name)["stot"])

    def _of(self, name: str) -> dict[str, str]:
        table = csv.DictReader(self._say("show stat").removeprefix("# ").splitlines())
        return next(row for row in table if (row["pxname"], row["svname"]) == ("shop", name))

    def _say(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._socket))
            connection.sendall(f"{command}\n".encode())
            with connection.makefile() as answer:
                return answer.read()
