"""The two machines of the stage `monolith`, with exactly the user data that the stage gives them."""

import asyncio
import json
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.aws.user_data import user_data
from tests.boot import aws, image
from tests.boot.base import base, index
from tests.boot.machine import Machine
from tests.boot.network import ACME, NAME, PUBLIC, SUBNETS, Network, address

BOOT_SECONDS = 1500
IMAGE_PARAMETER = "/bookstore/image"

# The whole of what a test machine is told beside its user data, in the file that machine.sh reads for that.
OVERRIDES = f"""\
APT_SOURCES='deb [trusted=yes] file:/packages ./
deb [trusted=yes] file:/srv/packages ./'
AWS_ENDPOINT_URL=http://{aws.ADDRESS}:{aws.PORT}
CLOUDWATCH_AGENT_URL=http://{aws.ADDRESS}:{aws.FILES_PORT}/amazon-cloudwatch-agent.deb
DATABASE_PACKAGE=mariadb-server
DATABASE_SERVICE=mariadb
ACME_DIRECTORY=https://acme.example:{ACME}/dir
REQUESTS_CA_BUNDLE=/etc/bookstore/acme-authority.pem
"""


@dataclass(frozen=True)
class World:
    """The network, the machines in it (on, but not yet made into anything) and what is secret there."""

    network: Network
    machines: Mapping[str, Machine]
    secrets: Mapping[str, str]
    root: Path  # what a browser trusts
    ids: Mapping[str, str]
    scripts: Mapping[str, str]

    @property
    def app(self) -> Machine:
        """NGINX and the shop."""
        return self.machines["app"]

    @property
    def database(self) -> Machine:
        """The database server."""
        return self.machines["database"]

    def be_born(self, *names: str) -> None:
        """Run the user data of these machines at the same time, as cloud-init does when a machine is new."""
        for name in names:
            machine = self.machines[name]
            machine.write("/etc/bookstore/overrides", OVERRIDES)
            machine.write("/etc/bookstore/acme-authority.pem", self.network.authority.certificate)
            machine.write("/var/lib/cloud/user-data.sh", self.scripts[name])
        self.boot(*names)

    def boot(self, *names: str) -> None:
        """Run it again, as somebody does who is in doubt. Raises RuntimeError when it fails."""
        with ThreadPoolExecutor() as pool:
            script = ("bash", "/var/lib/cloud/user-data.sh")
            list(pool.map(lambda name: self.machines[name].run(*script, seconds=BOOT_SECONDS), names))

    def boot_status(self, name: str) -> str:
        """The instance's tag `BootStatus`."""
        question = (
            f"aws ec2 describe-tags --filters Name=resource-id,Values={self.ids[name]}"
            " Name=key,Values=BootStatus --query 'Tags[0].Value' --output text"
        )
        return self.machines[name].shell(question, with_scripts=True).strip()

    def last_words(self) -> str:
        """The ends of the machines' logs, for one who wonders why a test failed."""
        logs = """
            for log in /var/log/bookstore/* /var/log/units/*; do
              echo "== $log"
              grep --invert-match '"level": "info"' "$log" | tail --lines 20 || true
            done
        """
        return "\n".join(f"===== {name}\n{machine.shell(logs)}" for name, machine in self.machines.items())


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """The world in a folder that keeps its logs; nothing else of it is left at the end."""
    system = base()
    packages, tree = folder / "packages", folder / "image"
    packages.mkdir()
    tree.mkdir()
    image.packages(packages)
    index(packages)
    with ExitStack() as all_:
        network = all_.enter_context(Network(folder))
        image.lay_out(tree, network.pid)
        database_key, database_certificate = network.authority.issue("orders", address("database"))
        roles = ("buyer", "seller", "administrator")
        hidden = {
            **{name: secrets.token_hex(16) for name in ("password", "session-key", *roles)},
            "database-key": database_key,
        }
        accounts = json.dumps({role: hidden[role] for role in roles})
        stored = {name: hidden[name] for name in ("password", "session-key", "database-key")}
        given = network.start_aws(
            aws.Wanted(
                secrets={**stored, "demo-accounts": accounts},
                parameters={IMAGE_PARAMETER: image.REFERENCE},
                machines={name: address(name) for name in SUBNETS},
                public_address=PUBLIC,
                files=str(packages),
            )
        )
        settings = _settings(given, network.authority.certificate, database_certificate)
        machines = {}
        for name in SUBNETS:
            machine = Machine(name, network, system, packages, tree if name == "app" else None)
            machines[name] = machine
            all_.callback(machine.close)
            machine.start()
        scripts = {name: _resolved(name, settings[name]) for name in SUBNETS}
        yield World(network, machines, hidden, network.start_acme(), given.machines, scripts)


def _settings(given: aws.Given, authority: str, certificate: str) -> dict[str, dict[str, str]]:
    everywhere = {"REGION": aws.REGION, "LOG_GROUP": "bookstore", "DATA_VOLUME": "vol-0123456789abcdef0"}
    database = {
        "DATABASE_NAME": "bookstore",
        "DATABASE_USER": "bookstore",
        "DATABASE_PASSWORD_SECRET": given.secrets["password"],
    }
    return {
        "app": {
            **everywhere,
            **database,
            "PUBLIC_NAME": NAME,
            "ACME_EMAIL": "",
            "IMAGE_PARAMETER": IMAGE_PARAMETER,
            "SESSION_KEY_SECRET": given.secrets["session-key"],
            "DEMO_ACCOUNTS_SECRET": given.secrets["demo-accounts"],
            "DATABASE_HOST": address("database"),
            "DATABASE_CA": authority,
            "BACKUP_BUCKET": aws.BUCKET,
            "ORDER_TIMEOUT_MINUTES": "15",
        },
        "database": {
            **everywhere,
            **database,
            "DATABASE_CLIENTS": f"{SUBNETS['app']}.0/255.255.255.0",
            "DATABASE_CERTIFICATE": certificate,
            "DATABASE_KEY_SECRET": given.secrets["database-key"],
            "BACKUP_BUCKET": aws.BUCKET,
        },
    }


def _resolved(role: str, settings: dict[str, str]) -> str:
    async def value() -> str | None:
        return await user_data(role, settings).future()

    text = asyncio.run(value())
    assert text
    return text
