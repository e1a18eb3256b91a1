"""A network with AWS in it, the scenario's secrets, and the test machines."""

import asyncio
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.components.aws.compute.user_data import user_data
from tests.boot import abilities, aws, image
from tests.boot.base import base, index
from tests.boot.machine import Machine
from tests.boot.network import PUBLIC, SUBNETS, Network, address

BOOT_SECONDS = 1500
IMAGE_PARAMETER = "/bookstore/image"
USER_DATA = "/var/lib/cloud/user-data.sh"
OVERRIDES = "/etc/bookstore/overrides"
ROLES = ("buyer", "seller", "administrator")
STARTED = time.monotonic()

# A test machine's settings beside its user data, in the file of overrides that machine.sh reads.
EVERYWHERE = f"""\
APT_SOURCES='deb [trusted=yes] file:/packages ./
deb [trusted=yes] file:/srv/packages ./'
AWS_ENDPOINT_URL=http://{aws.ADDRESS}:{aws.PORT}
CLOUDWATCH_AGENT_URL=http://{aws.ADDRESS}:{aws.FILES_PORT}/amazon-cloudwatch-agent.deb
DATABASE_PACKAGE=mariadb-server
DATABASE_SERVICE=mariadb
"""


class World:
    """The environment of a scenario: `with World(folder)`. Afterwards only logs are left, in the folder.

    Args:
        folder: an empty directory.

    Attributes:
        machines: those that were started, by name.
        secrets: values that no log may show, by name.
        given: the names that AWS has assigned.
        told: the files that each machine gets at its creation, by path.
    """

    def __init__(self, folder: Path) -> None:
        if cause := abilities.missing():
            raise RuntimeError(f"the boot scripts cannot be tried: {cause}")
        self.folder = folder
        self.network = Network(folder)
        self.machines: dict[str, Machine] = {}
        self.told: dict[str, dict[str, str]] = {}
        self.packages, self._image = folder / "packages", folder / "image"
        self._all = ExitStack()

    def __enter__(self) -> Self:
        self.system = base()
        self.packages.mkdir()
        self._image.mkdir()
        image.packages(self.packages)
        index(self.packages)
        with ExitStack() as all_:
            all_.enter_context(self.network)
            image.lay_out(self._image, self.network.pid)
            key, self._certificate = self.network.authority.issue("orders", address("database"))
            hidden = {name: secrets.token_hex(16) for name in ("password", "session-key", *ROLES)}
            self.secrets = {**hidden, "database-key": key}
            self.given = self.network.start_aws(self._wanted())
            all_.callback(self._switch_off)
            self._all = all_.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.close()

    def _switch_off(self) -> None:
        for machine in self.machines.values():
            machine.close()

    def _wanted(self) -> aws.Wanted:
        stored = {name: text for name, text in self.secrets.items() if name not in ROLES}
        return aws.Wanted(
            secrets={**stored, "demo-accounts": json.dumps({role: self.secrets[role] for role in ROLES})},
            parameters={IMAGE_PARAMETER: image.REFERENCE},
            machines={name: address(name) for name in SUBNETS},
            public_address=PUBLIC,
            files=str(self.packages),
        )

    def switch_on(
        self,
        name: str,
        *,
        layers: Sequence[Path] = (),
        has_image: bool = False,
        public: str | None = None,
    ) -> Machine:
        """Return a new machine, started and not yet configured.

        Args:
            name: one of the network's names.
            layers: what its disk has beyond the base system, the upper layer first.
            has_image: whether it can reach the registry with the shop's image.
            public: its Elastic IP.
        """
        tree = self._image if has_image else None
        machine = Machine(name, self.network, [*layers, self.system], self.packages, tree, public)
        self.machines[name] = machine
        machine.start()
        return machine

    def tell(self, name: str, role: str, settings: Mapping[str, str], more: Mapping[str, str]) -> None:
        """Set what a machine gets at its creation: the user data of this role, and the test's own files."""
        self.told[name] = {USER_DATA: _resolved(role, settings), OVERRIDES: EVERYWHERE, **more}

    def tell_database(self, clients: str) -> None:
        """Do the same for the database machine; `clients` is what it admits, as MySQL writes addresses."""
        settings = {
            **self.database_settings,
            "REGION": aws.REGION,
            "LOG_GROUP": "bookstore",
            "DATA_VOLUME": "vol-0123456789abcdef0",
            "DATABASE_CLIENTS": clients,
            "DATABASE_CERTIFICATE": self._certificate,
            "DATABASE_KEY_SECRET": self.given.secrets["database-key"],
            "BACKUP_BUCKET": aws.BUCKET,
        }
        self.tell("database", "database", settings, {})

    @property
    def database_settings(self) -> dict[str, str]:
        """Return the settings that the database and the shop share."""
        return {
            "DATABASE_NAME": "bookstore",
            "DATABASE_USER": "bookstore",
            "DATABASE_PASSWORD_SECRET": self.given.secrets["password"],
        }

    @property
    def database(self) -> Machine:
        """Return the database machine."""
        return self.machines["database"]

    def be_born(self, *names: str) -> None:
        """Run the user data of these machines at the same time, as cloud-init does at first boot."""
        for name in names:
            for path, text in self.told[name].items():
                self.machines[name].write(path, text)
        self.boot(*names)

    def boot(self, *names: str) -> None:
        """Run it again, as an administrator may. Raises RuntimeError when it fails."""

        def run(name: str) -> str:
            return self.machines[name].run("bash", USER_DATA, seconds=BOOT_SECONDS)

        with ThreadPoolExecutor() as pool:
            list(pool.map(run, names))

    def boot_status(self, name: str) -> str:
        """Return the instance's tag `BootStatus`."""
        question = (
            f"aws ec2 describe-tags --filters Name=resource-id,Values={self.given.machines[name]}"
            " Name=key,Values=BootStatus --query 'Tags[0].Value' --output text"
        )
        return self.machines[name].shell(question, with_scripts=True).strip()

    def kept(self, *tables: str) -> str:
        """Return all rows of these tables of the shop."""
        rows = ("--compact", "--no-create-info", "--skip-extended-insert")
        return self.database.run(
            *("mysqldump", *rows, "--order-by-primary", "--hex-blob", "bookstore", *tables)
        )

    def shown(self, name: str) -> str:
        """Return what a machine's logs and process list show."""
        return self.machines[name].shell(
            "cat /var/log/bookstore/* /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' '"
        )

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add to a failure the step in which it happened, and the last lines of the machines' logs."""
        print(f"{time.monotonic() - STARTED:6.1f} s  {name}", flush=True)
        try:
            yield
        except BaseException as error:
            error.add_note(f"in the step: {name}\n{self._last_words()}")
            raise

    def _last_words(self) -> str:
        logs = """
            for log in /var/log/bookstore/* /var/log/units/*; do
              echo "== $log"
              grep --invert-match '"level": "info"' "$log" | tail --lines 20 || true
            done
        """
        said = {name: machine.shell(logs) for name, machine in self.machines.items() if machine.is_on}
        for log in sorted(self.folder.glob("*.log")):
            said[log.name] = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        return "\n".join(f"===== {name}\n{text}" for name, text in said.items())


def _resolved(role: str, settings: Mapping[str, str]) -> str:
    async def value() -> str | None:
        return await user_data(role, settings).future()

    # Not asyncio.run: it would leave the thread without the event loop that `capture` needs.
    loop = asyncio.new_event_loop()
    try:
        text = loop.run_until_complete(value())
    finally:
        loop.close()
    assert text
    return text
