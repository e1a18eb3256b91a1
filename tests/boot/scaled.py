"""The stage `scaled`: servers from a built image behind a load balancer, with a database and shared files.

User data, image component, target group and access point come from the stage. The database machine of
`monolith` takes the place of RDS.
"""

import base64
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from infra.apps.bookstore.server_image import component_document
from tests.boot import aws, files, image
from tests.boot.balancer import PUBLIC, Balancer
from tests.boot.load import Load
from tests.boot.network import NAME, SUBNETS, address
from tests.boot.patience import until
from tests.boot.world import World
from tests.infra.capture import Capture
from tests.infra.stage import deploy_scaled

SITE = f"https://{NAME}"
SERVERS = [name for name in SUBNETS if name.startswith("server-")]
AUTHORITIES = "authorities.pem"
# A test machine's settings beside the image's script: where AWS is.
ON_THE_BENCH = f"""\
export AUTHORITIES_URL=http://{aws.ADDRESS}:{aws.FILES_PORT}/{AUTHORITIES}
aws() {{ command aws --endpoint-url http://{aws.ADDRESS}:{aws.PORT} "$@"; }}
"""


class Scaled(World):
    """All but the servers: database, files and load balancer run, and the image is built."""

    stage: Capture
    balancer: Balancer
    authority: Path  # its certificate, which browsers trust

    def __enter__(self) -> Self:
        super().__enter__()
        self.stage = deploy_scaled(hostedZone="bookstore.example", domainName=NAME)
        self._settings = _told(self.stage) | {
            "REGION": aws.REGION,
            "DATABASE_HOST": address("database"),
            "SESSION_KEY_SECRET": self.given.secrets["session-key"],
            "DEMO_ACCOUNTS_SECRET": self.given.secrets["demo-accounts"],
            **self.database_settings,
        }
        self.authority = self.packages / AUTHORITIES
        self.authority.write_text(self.network.authority.certificate)
        self.network.name_leads_to(PUBLIC)
        self.balancer = Balancer(
            self.network,
            self.stage.one("aws:lb/targetGroup:TargetGroup", "shop"),
            self.stage.one("aws:lb/loadBalancer:LoadBalancer", "shop"),
            {name: address(name) for name in SERVERS},
        )
        self._switch_on_stores()
        return self

    def _switch_on_stores(self) -> None:
        """Start the database, the files and the image at the same time, as the stage does."""
        self.switch_on("database")
        self.tell_database(clients="10.30.0.0/255.255.0.0")
        holder, builder = self.switch_on("files"), self.switch_on("builder", has_image=True)
        point = self.stage.one("aws:efs/accessPoint:AccessPoint", "files-covers")
        name = f"{self._settings['FILE_SYSTEM']}.efs.{aws.REGION}.amazonaws.com"
        self.network.name_leads_to(address("files"), name)
        with ThreadPoolExecutor() as pool:
            made = [
                pool.submit(self.be_born, "database"),
                pool.submit(files.serve, holder, point, self._settings["ACCESS_POINT"]),
                pool.submit(self._bake),
            ]
        for each in made:
            each.result()
        builder.cut_power()

    def _bake(self) -> None:
        """Run what Image Builder runs on its build instance."""
        builder = self.machines["builder"]
        builder.write("/usr/local/bin/dnf", image.STAND_INS.joinpath("dnf").read_text())
        builder.run("chmod", "755", "/usr/local/bin/dnf")
        document = json.loads(component_document(region=aws.REGION, image=image.REFERENCE))
        (build,) = [phase for phase in document["phases"] if phase["name"] == "build"]
        for step in build["steps"]:
            builder.shell("\n".join([ON_THE_BENCH, *step["inputs"]["commands"]]))

    def launch(self, *names: str) -> None:
        """Start new servers from the image and wait for their boots, as Auto Scaling does."""
        for name in names:
            self.switch_on(name, layers=[self.machines["builder"].snapshot], has_image=True)
            self.tell(name, "shop", self._settings, {})
        self.be_born(*names)

    def wait_until_healthy(self, *names: str) -> None:
        """Wait until they get requests."""
        until(lambda: all(map(self.balancer.is_healthy, names)), f"{', '.join(names)} to be healthy")

    def retire(self, name: str) -> None:
        """Take a server out of service and terminate it, as Auto Scaling does."""
        self.balancer.deregister(name)
        self.machines[name].cut_power()

    def rows(self, table: str) -> int:
        """Return how many rows a table of the shop has."""
        question = f"SELECT COUNT(*) FROM {table}"
        return int(self.database.run("mysql", "--skip-column-names", "bookstore", given=question))

    def load(self) -> Load:
        """Return customers for as long as a block lasts."""
        return Load(self.network, SITE, self.authority)


def _told(stage: Capture) -> dict[str, str]:
    """Return the settings in the user data of the stage's launch template."""
    template = stage.one("aws:ec2/launchTemplate:LaunchTemplate", "server")
    text = base64.b64decode(template.inputs["userData"]).decode()
    _, settings, _ = text.split("END_OF_SETTINGS", 2)
    lines = settings.removeprefix("'").strip()
    return dict(line.split("=", 1) for line in shlex.split(lines))
