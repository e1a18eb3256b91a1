"""The database on a machine of its own."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.backup_bucket import DUMPS, BackupBucket
from infra.components.aws.compute.data_volume import DataVolume, DataVolumeArgs
from infra.components.aws.compute.instance import Ec2Instance, Ec2InstanceArgs
from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.aws.network.network import Network
from infra.components.certificate_authority import CertificateAuthority

NAME = "bookstore"


@dataclass(frozen=True, kw_only=True)
class MysqlServerArgs:
    """What a database server is made of.

    Args:
        network: the server is in the first private subnet; the first public one is where its clients are.
        image: an id, or the public SSM parameter that holds one; Ubuntu 22.04.
        size: an instance type of x86_64.
        storage: size of the data volume in GiB.
        keep: leave the data in the account when the stack is destroyed.
        backups: where a dump goes each night.
    """

    network: Network
    ami: str
    instance_type: str
    volume_size: int
    retain_data: bool
    backups: BackupBucket


class MysqlServer(pulumi.ComponentResource):
    """MySQL 8 at a fixed private address, with its data on a volume that outlives the machine.

    It speaks TLS only, and its one account may use one schema from the clients' subnet.
    """

    address: str
    db_name: str
    user: str
    password: Secret
    authority: pulumi.Output[str]
    instance: Ec2Instance
    mount_points = ("/", "/var/lib/mysql")
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: MysqlServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:MysqlServer", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        subnet, clients = args.network.private_subnets[0], args.network.public_subnets[0].cidr_block
        # Chosen here, not by AWS: clients and certificate name it, and must not change with the machine.
        self.address = str(subnet.cidr_block[10])
        self.db_name = NAME
        self.user = NAME
        self.password = Secret(
            f"{name}-password", SecretArgs(description="The shop's account in MySQL"), child_opts
        )
        authority = CertificateAuthority(name, child_opts)
        issued = authority.issue(name, self.address)
        key = Secret(
            f"{name}-key",
            SecretArgs(description="The key of MySQL's certificate", value=issued.key),
            child_opts,
        )
        self.authority = authority.certificate
        self.instance = Ec2Instance(
            name,
            Ec2InstanceArgs(
                network=args.network,
                subnet=subnet,
                role="database",
                settings={
                    "DATABASE_NAME": self.db_name,
                    "DATABASE_USER": self.user,
                    "DATABASE_CLIENTS": clients.with_netmask,
                    "DATABASE_PASSWORD_SECRET": self.password.arn,
                    "DATABASE_CERTIFICATE": issued.certificate,
                    "DATABASE_KEY_SECRET": key.arn,
                    "BACKUP_BUCKET": args.backups.name,
                },
                ami=args.ami,
                instance_type=args.instance_type,
                volume_size=12,
                grants=[self.password.read, key.read, *args.backups.exchange(DUMPS)],
                data_volume=DataVolume(
                    f"{name}-data",
                    DataVolumeArgs(subnet=subnet, size=args.volume_size, retain_data=args.retain_data),
                    child_opts,
                ),
                private_ip=self.address,
            ),
            child_opts,
        )
        self.security_group_id = self.instance.security_group_id
        self.register_outputs(
            {
                "address": self.address,
                "db_name": self.db_name,
                "user": self.user,
                "authority": self.authority,
                "security_group_id": self.security_group_id,
            }
        )
