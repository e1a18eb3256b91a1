"""The application on a machine of its own, at the shop's public address."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.apps.bookstore.backup_bucket import COVERS, BackupBucket
from infra.apps.bookstore.demo_account_secret import DemoAccountSecret
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
    hostname: PublicHostname
    image: ContainerImage
    database: MysqlServer
    ami: str
    instance_type: str
    volume_size: int
    retain_data: bool
    backups: BackupBucket
    order_timeout_minutes: int
    acme_email: str
    ssh_public_key: str | None


class AppServer(pulumi.ComponentResource):
    """NGINX with a certificate before the BookStore's container."""

    instance: Ec2Instance
    mount_points = ("/", "/var/lib/bookstore")
    security_group_id: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]

    def __init__(self, name: str, args: AppServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:AppServer", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        subnet = args.network.public_subnets[0]
        session_key = Secret(
            f"{name}-session-key", SecretArgs(description="What the shop signs sessions with"), child_opts
        )
        accounts = DemoAccountSecret(name, child_opts)
        # The machine looks here every minute: a new version of the shop takes no more than another image.
        version = aws.ssm.Parameter(
            f"{name}-image", type="String", value=args.image.reference, opts=child_opts
        )
        key_pair = (
            aws.ec2.KeyPair(name, public_key=args.ssh_public_key, opts=child_opts)
            if args.ssh_public_key is not None
            else None
        )
        self.instance = Ec2Instance(
            name,
            Ec2InstanceArgs(
                network=args.network,
                subnet=subnet,
                role="app",
                settings={
                    "PUBLIC_NAME": args.hostname.name,
                    "ACME_EMAIL": args.acme_email,
                    "IMAGE_PARAMETER": version.name,
                    "SESSION_KEY_SECRET": session_key.arn,
                    "DEMO_ACCOUNTS_SECRET": accounts.secret.arn,
                    "DATABASE_PASSWORD_SECRET": args.database.password.arn,
                    "DATABASE_HOST": args.database.address,
                    "DATABASE_NAME": args.database.db_name,
                    "DATABASE_USER": args.database.user,
                    "DATABASE_CA": args.database.authority,
                    "BACKUP_BUCKET": args.backups.name,
                    "ORDER_TIMEOUT_MINUTES": str(args.order_timeout_minutes),
                },
                ami=args.ami,
                instance_type=args.instance_type,
                volume_size=20,
                grants=[
                    session_key.read,
                    accounts.secret.read,
                    args.database.password.read,
                    Grant(actions=["ssm:GetParameter"], resources=[version.arn]),
                    *args.image.pull,
                    *args.backups.exchange(COVERS),
                ],
                data_volume=DataVolume(
                    f"{name}-data",
                    DataVolumeArgs(subnet=subnet, size=args.volume_size, retain_data=args.retain_data),
                    child_opts,
                ),
                key_name=key_pair.key_name if key_pair else None,
            ),
            child_opts,
        )
        # Until this stands the machine has no way out and its boot waits: it never sees its address change.
        aws.ec2.EipAssociation(
            name,
            instance_id=self.instance.id,
            allocation_id=args.hostname.allocation_id,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.security_group_id = self.instance.security_group_id
        self.demo_accounts = accounts.accounts
        self.register_outputs(
            {"security_group_id": self.security_group_id, "demo_accounts": self.demo_accounts}
        )
