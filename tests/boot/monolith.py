"""The two machines of the stage `monolith`, with exactly the user data that the stage gives them."""

from pathlib import Path
from typing import Self

from tests.boot import aws
from tests.boot.machine import Machine
from tests.boot.network import ACME, NAME, PUBLIC, SUBNETS, address
from tests.boot.world import EVERYWHERE, IMAGE_PARAMETER, OVERRIDES, World

AUTHORITY = "/etc/bookstore/acme-authority.pem"
APP_OVERRIDES = f"""\
{EVERYWHERE}ACME_DIRECTORY=https://acme.example:{ACME}/dir
REQUESTS_CA_BUNDLE={AUTHORITY}
"""


class Monolith(World):
    """Two machines that were just started; `root` is the certificate that browsers trust."""

    root: Path

    def __enter__(self) -> Self:
        super().__enter__()
        self.switch_on("app", has_image=True, public=PUBLIC)
        self.switch_on("database")
        self.tell_database(clients=f"{SUBNETS['app']}.0/255.255.255.0")
        settings = {
            **self.database_settings,
            "REGION": aws.REGION,
            "LOG_GROUP": "bookstore",
            "DATA_VOLUME": "vol-0123456789abcdef0",
            "PUBLIC_NAME": NAME,
            "ACME_EMAIL": "",
            "IMAGE_PARAMETER": IMAGE_PARAMETER,
            "SESSION_KEY_SECRET": self.given.secrets["session-key"],
            "DEMO_ACCOUNTS_SECRET": self.given.secrets["demo-accounts"],
            "DATABASE_HOST": address("database"),
            "DATABASE_CA": self.network.authority.certificate,
            "BACKUP_BUCKET": aws.BUCKET,
            "ORDER_TIMEOUT_MINUTES": "15",
        }
        more = {OVERRIDES: APP_OVERRIDES, AUTHORITY: self.network.authority.certificate}
        self.tell("app", "app", settings, more)
        self.root = self.network.start_acme()
        return self

    @property
    def app(self) -> Machine:
        """Return the machine with NGINX and the shop."""
        return self.machines["app"]
