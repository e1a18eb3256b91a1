"""MySQL on an EC2 instance of its own."""

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
    """Arguments for `MysqlServer`.

    Args:
        network: the server is in its first private subnet, and accepts clients in its first public subnet.
        ami: an id, or the name of a public SSM parameter that holds one; Ubuntu 22.04.
        instance_type: one of x86_64.
        volume_size: in GiB, of the data volume.
        retain_data: keep the data volume when the stack is destroyed.
        backups: the bucket for a dump each night.
    """

    network: Network
    ami: str
    instance_type: str
    volume_size: int
    retain_data: bool
    backups: BackupBucket


class MysqlServer(pulumi.ComponentResource):
    """MySQL 8 at a fixed private address, with its data on a volume that outlives the instance.

    It accepts TLS only. Its one account may use one database, from the clients' subnet.
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
        # Chosen here and not by AWS, so that clients and certificate stay when the instance is replaced.
        self.address = str(subnet.cidr_block[10])
        self.db_name = NAME
        self.user = NAME
        self.password = Secret(
            f"{name}-password",
            SecretArgs(description="The password of the shop's account in MySQL"),
            child_opts,
        )
        authority = CertificateAuthority(name, child_opts)
        issued = authority.issue(name, self.address)
        key = Secret(
            f"{name}-key",
            SecretArgs(description="The private key of MySQL's certificate", value=issued.key),
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
