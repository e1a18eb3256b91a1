"""The application on a machine of its own, at the shop's public address."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.apps.bookstore.backup_bucket import COVERS, BackupBucket
from infra.apps.bookstore.demo_accounts import DemoAccounts
from infra.apps.bookstore.mysql_server import MysqlServer
from infra.components.aws.compute.data_volume import DataVolume, DataVolumeArgs
from infra.components.aws.compute.instance import Ec2Instance, Ec2InstanceArgs
from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.aws.ecr.container_image import ContainerImage
from infra.components.aws.endpoint.public_hostname import PublicHostname
from infra.components.aws.iam.grant import Grant
from infra.components.aws.network.network import Network


@dataclass(frozen=True, kw_only=True)
class AppServerArgs:
    """What an application server is made of.

    Args:
        network: the server is in the first public subnet.
        name: the public name and the address that become the server's.
        application: the image that it runs; a new one needs no new machine.
        database: where the shop keeps everything but cover pictures.
        image: an id, or the public SSM parameter that holds one; Ubuntu 22.04.
        size: an instance type of x86_64.
        storage: size in GiB of the volume for cover pictures and the certificate.
        keep: leave that volume in the account when the stack is destroyed.
        backups: where a copy of each cover picture goes in the night after it came.
        order_timeout_minutes: how long an unpaid order holds its books.
        acme_email: whom the certificate authority warns; empty for nobody.
        ssh_key: an OpenSSH public key that opens the machine as `ubuntu`; None leaves Session Manager alone.
    """

    network: Network
    name: PublicHostname
    application: ContainerImage
    database: MysqlServer
    image: str
    size: str
    storage: int
    keep: bool
    backups: BackupBucket
    order_timeout_minutes: int
    acme_email: str
    ssh_key: str | None


class AppServer(pulumi.ComponentResource):
    """NGINX with a certificate before the BookStore's container."""

    machine: Ec2Instance
    security_group_id: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]

    def __init__(self, name: str, args: AppServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:AppServer", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        subnet = args.network.public[0]
        session_key = Secret(
            f"{name}-session-key", SecretArgs(description="What the shop signs sessions with"), child_opts
        )
        accounts = DemoAccounts(name, child_opts)
        # The machine looks here every minute: a new version of the shop takes no more than another image.
        version = aws.ssm.Parameter(
            f"{name}-image", type="String", value=args.application.reference, opts=child_opts
        )
        key_pair = (
            aws.ec2.KeyPair(name, public_key=args.ssh_key, opts=child_opts)
            if args.ssh_key is not None
            else None
        )
        self.machine = Ec2Instance(
            name,
            Ec2InstanceArgs(
                network=args.network,
                subnet=subnet,
                role="app",
                settings={
                    "PUBLIC_NAME": args.name.name,
                    "ACME_EMAIL": args.acme_email,
                    "IMAGE_PARAMETER": version.name,
                    "SESSION_KEY_SECRET": session_key.arn,
                    "DEMO_ACCOUNTS_SECRET": accounts.passwords.arn,
                    "DATABASE_PASSWORD_SECRET": args.database.password.arn,
                    "DATABASE_HOST": args.database.address,
                    "DATABASE_NAME": args.database.schema,
                    "DATABASE_USER": args.database.user,
                    "DATABASE_CA": args.database.authority,
                    "BACKUP_BUCKET": args.backups.name,
                    "ORDER_TIMEOUT_MINUTES": str(args.order_timeout_minutes),
                },
                image=args.image,
                size=args.size,
                disk=20,
                grants=[
                    session_key.read,
                    accounts.passwords.read,
                    args.database.password.read,
                    Grant(actions=["ssm:GetParameter"], resources=[version.arn]),
                    *args.application.pull,
                    *args.backups.exchange(COVERS),
                ],
                volume=DataVolume(
                    f"{name}-data",
                    DataVolumeArgs(subnet=subnet, size=args.storage, keep=args.keep),
                    child_opts,
                ),
                ssh_key=key_pair.key_name if key_pair else None,
            ),
            child_opts,
        )
        # Until this stands the machine has no way out and its boot waits: it never sees its address change.
        aws.ec2.EipAssociation(
            name,
            instance_id=self.machine.id,
            allocation_id=args.name.allocation_id,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.security_group_id = self.machine.security_group_id
        self.demo_accounts = accounts.accounts
        self.register_outputs(
            {"security_group_id": self.security_group_id, "demo_accounts": self.demo_accounts}
        )
