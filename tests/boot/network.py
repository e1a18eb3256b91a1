"""The network of the test machines, with AWS, a certificate authority and a visitor.

Everything runs in namespaces below one process that ends when its standard input closes: whatever happens to
the test, nothing is left. The addresses have no meaning outside, so several networks can exist side by side.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.boot import aws, namespaces
from tests.boot.authority import Authority
from tests.boot.patience import until

ROOT = Path(__file__).resolve().parents[2]
NAME = "shop.bookstore.example"
PUBLIC = "203.0.113.10"
VISITOR = "198.51.100.7"
# Each a /24 with the router at .1 and the machine at .10.
SUBNETS = {
    **{"app": "10.30.1", "database": "10.30.2", "builder": "10.30.3", "files": "10.30.4"},
    **{f"server-{number}": f"10.30.{10 + number}" for number in range(1, 5)},
}
ACME = 14000
ACME_MANAGEMENT = 15000


def address(machine: str) -> str:
    """Return a machine's private address."""
    return f"{SUBNETS[machine]}.10"


class Network:
    """The network, without machines yet: `with Network(folder)`. `folder` has logs and what they share."""

    pid: int

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts = folder / "hosts"  # the whole DNS
        self.disks = folder / "disks"
        self.authority = Authority("test")
        self._all = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as all_:
            log = all_.enter_context((self.folder / "network.log").open("wb"))
            holder = namespaces.begin(namespaces.leave("cat"), log)
            all_.callback(_end, holder)
            self.pid = namespaces.first_process(holder, depth=1)
            until(
                lambda: Path(f"/proc/{self.pid}/comm").read_text() == "cat\n", "the network's first process"
            )
            self.disks.mkdir()
            self.hosts.write_text(f"127.0.0.1 localhost\n{aws.ADDRESS} acme.example\n")
            self.run("sh", "-euc", self._layout())
            self._all = all_.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.close()

    def _layout(self) -> str:
        on_loopback = (aws.METADATA, aws.ADDRESS, VISITOR)
        return "\n".join(
            [
                "ip link set lo up",
                *(f"ip address add {each}/32 dev lo" for each in on_loopback),
                "echo 1 > /proc/sys/net/ipv4/ip_forward",
                # The machines' disks are in memory, so that packages install fast and nothing is left.
                f"mount -t tmpfs -o mode=755 disks {self.disks}",
                f"mount --bind {self.hosts} /etc/hosts",
            ]
        )

    def run(self, *command: str, given: str | None = None) -> str:
        """Return what a visitor's command prints. Raises RuntimeError when it fails."""
        return namespaces.call(namespaces.enter(self.pid, *command), given)

    def python(self, *words: str) -> str:
        """Return what a module of this repository prints to a visitor. Raises RuntimeError when it fails."""
        return self.run("env", f"--chdir={ROOT}", sys.executable, "-m", *words)

    def serve(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a server that runs until the network or its input ends; it logs to `name`.log."""
        log = self._all.enter_context((self.folder / f"{name}.log").open("wb"))
        started = namespaces.begin(namespaces.enter(self.pid, *command), log)
        self._all.callback(_end, started)
        return started

    def serve_python(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a module of this repository as such a server."""
        return self.serve(name, "env", f"--chdir={ROOT}", sys.executable, "-m", *words)

    def start_aws(self, wanted: aws.Wanted) -> aws.Given:
        """Start AWS; return the names that it assigns."""
        service = self.serve_python("aws", "tests.boot.aws")
        assert service.stdin
        service.stdin.write((json.dumps(asdict(wanted)) + "\n").encode())
        service.stdin.flush()
        answer: list[str] = []

        def look() -> bool:
            if service.poll() is not None:
                raise RuntimeError(f"AWS ended:\n{(self.folder / 'aws.log').read_text()[-4000:]}")
            log = (self.folder / "aws.log").read_text().splitlines()
            answer.extend(line for line in log if line.startswith('{"secrets"'))
            return bool(answer)

        until(look, "AWS to serve")
        return aws.Given(**json.loads(answer[0]))

    def start_acme(self) -> Path:
        """Start the certificate authority; return the root certificate that browsers trust."""
        folder = self.folder / "pebble"
        folder.mkdir()
        key, certificate = self.authority.issue("acme.example", aws.ADDRESS)
        (folder / "key.pem").write_text(key)
        (folder / "certificate.pem").write_text(certificate)
        (folder / "authority.pem").write_text(self.authority.certificate)
        settings = {
            "listenAddress": f"{aws.ADDRESS}:{ACME}",
            "managementListenAddress": f"{aws.ADDRESS}:{ACME_MANAGEMENT}",
            "certificate": str(folder / "certificate.pem"),
            "privateKey": str(folder / "key.pem"),
            "httpPort": 80,
            "tlsPort": 443,
        }
        (folder / "settings.json").write_text(json.dumps({"pebble": settings}))
        # Without Pebble's artificial delays and refused nonces: the scripts are under test, not certbot.
        how = ("env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
        self.serve("acme", *how, "pebble", "-config", str(folder / "settings.json"))
        root = folder / "root.pem"

        def look() -> bool:
            try:
                page = self.visit(f"https://acme.example:{ACME_MANAGEMENT}/roots/0", folder / "authority.pem")
            except RuntimeError:
                return False
            root.write_text(str(page["text"]))
            return page["status"] == 200

        until(look, "the certificate authority to serve")
        return root

    def visit(self, url: str, authority: Path | None = None) -> dict[str, object]:
        """Return what a visitor gets: status, headers in lower case and text; redirects are not followed."""
        page: dict[str, object] = json.loads(
            self.python("tests.boot.visit", url, *([str(authority)] if authority else []))
        )
        return page

    def name_leads_to(self, target: str, name: str = NAME) -> None:
        """Let a name resolve to an address; the shop's name if no other is given."""
        with self.hosts.open("a") as file:
            file.write(f"{target} {name}\n")

    def connect(self, machine: str, pid: int, public: str | None = None) -> None:
        """Connect a machine, known by its first process, and replace one of the same name.

        `public` is its Elastic IP, here without AWS's address translation.
        """
        outside = (*namespaces.enter(self.pid, kinds=["net"]),)
        inside = (*namespaces.enter(pid, kinds=["net"]),)
        subnet = SUBNETS[machine]
        links = namespaces.call([*outside, "ip", "-oneline", "link"])
        if f" {machine}@" in links:
            namespaces.call([*outside, "ip", "link", "delete", machine])
        peer = ("peer", "name", "eth0", "netns", str(pid))
        namespaces.call([*outside, "ip", "link", "add", machine, "type", "veth", *peer])
        namespaces.call([*outside, "ip", "address", "add", f"{subnet}.1/24", "dev", machine])
        namespaces.call([*outside, "ip", "link", "set", machine, "up"])
        namespaces.call([*inside, "ip", "link", "set", "lo", "up"])
        namespaces.call([*inside, "ip", "address", "add", f"{subnet}.10/24", "dev", "eth0"])
        namespaces.call([*inside, "ip", "link", "set", "eth0", "up"])
        namespaces.call([*inside, "ip", "route", "add", "default", "via", f"{subnet}.1"])
        if public:
            namespaces.call([*inside, "ip", "address", "add", f"{public}/32", "dev", "eth0"])
            route = ("ip", "route", "replace", public, "via", address(machine), "src", VISITOR)
            namespaces.call([*outside, *route])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, and with it all processes in its namespaces."""
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for child in children.read_text().split() if children.exists() else []:
        with suppress(ProcessLookupError):
            os.kill(int(child), 9)
    process.kill()
    process.wait()
