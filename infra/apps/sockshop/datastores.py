"""Sock Shop's datastores outside its cluster: the catalogue in RDS, the files of MongoDB on EFS."""

from dataclasses import dataclass

import pulumi

from infra.components.aws.data.efs_file_system import Directory, EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.network.network import VPC_CIDR, NetworkRef
from sockshop import options
from sockshop.services import CATALOGUE_DATABASE, SERVICES, STORE_USER

DIRECTORIES = {
    each.name: Directory(path=f"/{each.name}", uid=STORE_USER) for each in SERVICES if each.supports_efs
}
# The driver of `catalogue` supports no other, and MySQL 8.4 does not offer it by default.
NATIVE_PASSWORDS = {"authentication_policy": "*:mysql_native_password"}


@dataclass(frozen=True, kw_only=True)
class SockShopDatastoresArgs:
    """Arguments for `SockShopDatastores`.

    Args:
        network: with isolated subnets in at least two zones.
        rds: whether the catalogue is in RDS.
        efs: whether the files of MongoDB are on EFS.
        instance_class: of RDS, such as `db.t3.micro`.
        backup_retention_period: for how many days the catalogue can be restored to any minute, 1-35.
        retain_data: keep the files and a last snapshot when the stack is destroyed.
    """

    network: NetworkRef
    rds: bool
    efs: bool
    instance_class: str
    backup_retention_period: int
    retain_data: bool


class SockShopDatastores(pulumi.ComponentResource):
    """MySQL on RDS, for the old driver of `catalogue`, and a directory on EFS for each MongoDB."""

    rds: RdsDatabase | None = None
    efs: EfsFileSystem | None = None

    def __init__(
        self, name: str, args: SockShopDatastoresArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:apps:SockShopDatastores", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        if args.rds:
            self.rds = RdsDatabase(
                "catalogue",
                RdsDatabaseArgs(
                    network=args.network,
                    db_name=CATALOGUE_DATABASE,
                    instance_class=args.instance_class,
                    backup_retention_period=args.backup_retention_period,
                    retain_data=args.retain_data,
                    parameters=NATIVE_PASSWORDS,
                ),
                child_opts,
            )
        if args.efs:
            self.efs = EfsFileSystem(
                "stores",
                EfsFileSystemArgs(
                    network=args.network,
                    directories=DIRECTORIES,
                    require_iam=False,
                    retain_data=args.retain_data,
                ),
                child_opts,
            )
        self.register_outputs({})

    @property
    def catalogue_database(self) -> options.ExternalDatabase | None:
        """Return the catalogue's database for the manifests, or None for one in the cluster."""
        if self.rds is None:
            return None
        return options.ExternalDatabase(
            host=self.rds.address, network=str(VPC_CIDR), administrator=self.rds.user
        )

    @property
    def administrator_password(self) -> pulumi.Output[str] | None:
        """Return the password of the account that loads the catalogue, or None without RDS."""
        return None if self.rds is None else self.rds.password.value

    @property
    def efs_volumes(self) -> options.EfsVolumes | None:
        """Return the directories for the manifests, or None without EFS."""
        if self.efs is None:
            return None
        access_points = self.efs.access_points.items()
        return options.EfsVolumes(
            volume_handles={
                datastore: pulumi.Output.concat(self.efs.id, "::", access_point)
                for datastore, access_point in access_points
            }
        )
