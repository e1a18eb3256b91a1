"""The BookStore on an EC2 instance of its own, at a public address."""

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
    """Arguments for `AppServer`.

    Args:
        network: the server is in its first public subnet.
        hostname: the server's public address and DNS name.
        image: the shop's container image; a new one needs no new instance.
        database: where the shop keeps everything but cover pictures.
        ami: an id, or the name of a public SSM parameter that holds one; Ubuntu 22.04.
        instance_type: one of x86_64.
        volume_size: in GiB, of the volume for cover pictures and the certificate.
        retain_data: keep that volume when the stack is destroyed.
        backups: the bucket to which the server copies new cover pictures each night.
        order_timeout_minutes: how long an unpaid order reserves its books.
        acme_email: the address that Let's Encrypt may write to; empty for none.
        ssh_public_key: an OpenSSH public key for the user `ubuntu`; without one, Session Manager is the only
            way in.
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
    """The BookStore's container behind NGINX with a certificate."""

    instance: Ec2Instance
    mount_points = ("/", "/var/lib/bookstore")
    security_group_id: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]

    def __init__(self, name: str, args: AppServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:AppServer", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        subnet = args.network.public_subnets[0]
        session_key = Secret(
            f"{name}-session-key",
            SecretArgs(description="The key that signs the shop's sessions"),
            child_opts,
        )
        accounts = DemoAccountSecret(name, child_opts)
        # The server reads it every minute, so a new version of the shop needs no new instance.
        image_parameter = aws.ssm.Parameter(
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
                    "IMAGE_PARAMETER": image_parameter.name,
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
                    Grant(actions=["ssm:GetParameter"], resources=[image_parameter.arn]),
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
        # Until this exists the instance has no way out and its boot waits, so its address never changes.
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
