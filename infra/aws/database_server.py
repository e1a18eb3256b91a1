"""The database on a machine of its own."""

from dataclasses import dataclass

import pulumi

from infra.aws.backup_bucket import DUMPS, BackupBucket
from infra.aws.data_volume import DataVolume, DataVolumeArgs
from infra.aws.machine import Machine, MachineArgs
from infra.aws.network import Network
from infra.aws.secret import Secret, SecretArgs
from infra.certificate_authority import CertificateAuthority

NAME = "bookstore"


@dataclass(frozen=True, kw_only=True)
class DatabaseServerArgs:
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
    image: str
    size: str
    storage: int
    keep: bool
    backups: BackupBucket


class DatabaseServer(pulumi.ComponentResource):
    """MySQL 8 at a fixed private address, with its data on a volume that outlives the machine.

    It speaks TLS only, and its one account may use one schema from the clients' subnet.
    """

    address: str
    schema: str
    user: str
    password: Secret
    authority: pulumi.Output[str]
    machine: Machine
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DatabaseServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:DatabaseServer", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        subnet, clients = args.network.private[0], args.network.public[0].addresses
        # Chosen here, not by AWS: clients and certificate name it, and must not change with the machine.
        self.address = str(subnet.addresses[10])
        self.schema = NAME
        self.user = NAME
        self.password = Secret(
            f"{name}-password", SecretArgs(description="The shop's account in MySQL"), inside
        )
        authority = CertificateAuthority(name, inside)
        issued = authority.issue(name, self.address)
        key = Secret(
            f"{name}-key", SecretArgs(description="The key of MySQL's certificate", value=issued.key), inside
        )
        self.authority = authority.certificate
        self.machine = Machine(
            name,
            MachineArgs(
                network=args.network,
                subnet=subnet,
                role="database",
                settings={
                    "DATABASE_NAME": self.schema,
                    "DATABASE_USER": self.user,
                    "DATABASE_CLIENTS": clients.with_netmask,
                    "DATABASE_PASSWORD_SECRET": self.password.arn,
                    "DATABASE_CERTIFICATE": issued.certificate,
                    "DATABASE_KEY_SECRET": key.arn,
                    "BACKUP_BUCKET": args.backups.name,
                },
                image=args.image,
                size=args.size,
                disk=12,
                grants=[self.password.read, key.read, *args.backups.exchange(DUMPS)],
                volume=DataVolume(
                    f"{name}-data",
                    DataVolumeArgs(subnet=subnet, size=args.storage, keep=args.keep),
                    inside,
                ),
                private_ip=self.address,
            ),
            inside,
        )
        self.security_group_id = self.machine.security_group_id
        self.register_outputs(
            {
                "address": self.address,
                "schema": self.schema,
                "user": self.user,
                "authority": self.authority,
                "security_group_id": self.security_group_id,
            }
        )
