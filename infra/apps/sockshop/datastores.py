"""What Sock Shop keeps outside of its cluster: the catalogue in RDS, what its people leave in EFS."""

from dataclasses import dataclass

import pulumi

from infra.components.aws.data.efs_file_system import Directory, EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.network.network import VPC_CIDR, NetworkRef
from sockshop import options
from sockshop.services import CATALOGUE_DATABASE, SERVICES, STORE_USER

DIRECTORIES = {each.name: Directory(path=f"/{each.name}", uid=STORE_USER) for each in SERVICES if each.files}
# All that the driver of `catalogue` knows, and MySQL 8.4 does not offer by itself.
OLD_PASSWORDS = {"authentication_policy": "*:mysql_native_password"}


@dataclass(frozen=True, kw_only=True)
class SockShopDatastoresArgs:
    """What is kept where.

    Args:
        network: one with data subnets, in at least two zones.
        catalogue: whether the catalogue is in RDS.
        files: whether the MongoDB stores are on EFS.
        size: an instance class of RDS, such as `db.t3.micro`.
        backup_retention_days: for how many days the catalogue can be brought back to any minute, 1-35.
        keep: leave files and a last snapshot in the account when the stack is destroyed.
    """

    network: NetworkRef
    catalogue: bool
    files: bool
    size: str
    backup_retention_days: int
    keep: bool


class SockShopDatastores(pulumi.ComponentResource):
    """MySQL with passwords as the shop's driver knows them, and a directory of EFS for each MongoDB."""

    catalogue: RdsDatabase | None = None
    files: EfsFileSystem | None = None

    def __init__(
        self, name: str, args: SockShopDatastoresArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:SockShopDatastores", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        if args.catalogue:
            self.catalogue = RdsDatabase(
                "catalogue",
                RdsDatabaseArgs(
                    network=args.network,
                    db_name=CATALOGUE_DATABASE,
                    instance_class=args.size,
                    backup_retention_period=args.backup_retention_days,
                    retain_data=args.keep,
                    parameters=OLD_PASSWORDS,
                ),
                child_opts,
            )
        if args.files:
            self.files = EfsFileSystem(
                "stores",
                EfsFileSystemArgs(
                    network=args.network, directories=DIRECTORIES, require_iam=False, retain_data=args.keep
                ),
                child_opts,
            )
        self.register_outputs({})

    @property
    def catalogue_database(self) -> options.ExternalDatabase | None:
        """Return the catalogue's database as the manifests need it."""
        if self.catalogue is None:
            return None
        return options.ExternalDatabase(
            host=self.catalogue.address, network=str(VPC_CIDR), administrator=self.catalogue.user
        )

    @property
    def administrator_password(self) -> pulumi.Output[str] | None:
        """Return the password of the account that loads the catalogue."""
        return None if self.catalogue is None else self.catalogue.password.value

    @property
    def shared_files(self) -> options.EfsVolumes | None:
        """Return the directories as the manifests need them."""
        if self.files is None:
            return None
        points = self.files.access_points.items()
        return options.EfsVolumes(
            volumes={store: pulumi.Output.concat(self.files.id, "::", point) for store, point in points}
        )
