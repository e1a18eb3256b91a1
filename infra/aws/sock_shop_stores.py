"""What Sock Shop keeps outside of its cluster: the catalogue in RDS, what its people leave in EFS."""

from dataclasses import dataclass

import pulumi

from infra.aws.database import Database, DatabaseArgs
from infra.aws.network import RANGE, Site
from infra.aws.shared_files import Directory, SharedFiles, SharedFilesArgs
from sockshop import options
from sockshop.services import CATALOGUE_DATABASE, SERVICES, STORE_USER

DIRECTORIES = {each.name: Directory(path=f"/{each.name}", user=STORE_USER) for each in SERVICES if each.files}
# All that the driver of `catalogue` knows, and MySQL 8.4 does not offer by itself.
OLD_PASSWORDS = {"authentication_policy": "*:mysql_native_password"}


@dataclass(frozen=True, kw_only=True)
class SockShopStoresArgs:
    """What is kept where.

    Args:
        network: one with data subnets, in at least two zones.
        catalogue: whether the catalogue is in RDS.
        files: whether the MongoDB stores are on EFS.
        size: an instance class of RDS, such as `db.t3.micro`.
        backup_days: for how many days the catalogue can be brought back to any minute, 1-35.
        keep: leave files and a last snapshot in the account when the stack is destroyed.
    """

    network: Site
    catalogue: bool
    files: bool
    size: str
    backup_days: int
    keep: bool


class SockShopStores(pulumi.ComponentResource):
    """MySQL with passwords as the shop's driver knows them, and a directory of EFS for each MongoDB."""

    catalogue: Database | None = None
    files: SharedFiles | None = None

    def __init__(
        self, name: str, args: SockShopStoresArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:SockShopStores", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        if args.catalogue:
            self.catalogue = Database(
                "catalogue",
                DatabaseArgs(
                    network=args.network,
                    schema=CATALOGUE_DATABASE,
                    version="8.4",
                    size=args.size,
                    storage=20,
                    backup_days=args.backup_days,
                    multi_az=False,
                    protected=False,
                    keep=args.keep,
                    parameters=OLD_PASSWORDS,
                ),
                inside,
            )
        if args.files:
            self.files = SharedFiles(
                "stores",
                SharedFilesArgs(network=args.network, directories=DIRECTORIES, signed=False, keep=args.keep),
                inside,
            )
        self.register_outputs({})

    @property
    def catalogue_database(self) -> options.Database | None:
        """Give the catalogue's database as the manifests need it."""
        if self.catalogue is None:
            return None
        return options.Database(
            host=self.catalogue.address, network=str(RANGE), administrator=self.catalogue.user
        )

    @property
    def administrator_password(self) -> pulumi.Output[str] | None:
        """Give the password of the account that loads the catalogue."""
        return None if self.catalogue is None else self.catalogue.password.value

    @property
    def shared_files(self) -> options.SharedFiles | None:
        """Give the directories as the manifests need them."""
        if self.files is None:
            return None
        points = self.files.access_points.items()
        return options.SharedFiles(
            volumes={store: pulumi.Output.concat(self.files.id, "::", point) for store, point in points}
        )
