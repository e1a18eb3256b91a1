"""The BookStore in an Auto Scaling group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.demo_account_secret import DemoAccountSecret
from infra.components.aws.compute.auto_scaling_group import AutoScalingGroup, AutoScalingGroupArgs, Scaling
from infra.components.aws.data.efs_file_system import EfsFileSystem
from infra.components.aws.data.rds_database import RdsDatabase
from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint
from infra.components.aws.network.network import Network

PORT = 8000  # where the container listens
# Not /healthz: a server that has lost its database must get no visitors. /readyz answers 200 or 503.
READY = HealthCheck(path="/readyz")
STATIC_PATHS = ("/static/*", "/cover/*")  # the same for every visitor


@dataclass(frozen=True, kw_only=True)
class WebServersArgs:
    """Arguments for `WebServers`.

    Args:
        network: the servers are in all its private subnets.
        endpoint: how visitors reach them.
        database: where the shop keeps everything but cover pictures.
        file_system: where it keeps those, in the directories `COVERS`.
        ami: the id of an AMI that contains the shop.
        instance_type: one of x86_64.
        scaling: bounds and targets of the group's size.
        rollback_alarms: names of the alarms that roll back a rolling replacement.
        order_timeout_minutes: how long an unpaid order reserves its books.
        tags: for the servers and their volumes.
    """

    network: Network
    endpoint: PublicEndpoint
    database: RdsDatabase
    file_system: EfsFileSystem
    ami: pulumi.Input[str]
    instance_type: str
    scaling: Scaling
    rollback_alarms: Sequence[pulumi.Input[str]]
    order_timeout_minutes: int
    tags: Mapping[str, str]


class WebServers(pulumi.ComponentResource):
    """The BookStore's container on servers that keep no data, so that each can be replaced."""

    group: AutoScalingGroup
    security_group_id: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]

    def __init__(self, name: str, args: WebServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:WebServers", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # One key for all servers, so that each accepts a visitor's session.
        session_key = Secret(
            f"{name}-session-key",
            SecretArgs(description="The key that signs the shop's sessions"),
            child_opts,
        )
        accounts = DemoAccountSecret(name, child_opts)
        database = args.database
        self.group = AutoScalingGroup(
            name,
            AutoScalingGroupArgs(
                network=args.network,
                role="shop",
                settings={
                    "FILE_SYSTEM": args.file_system.id,
                    "ACCESS_POINT": args.file_system.access_points["covers"],
                    "SESSION_KEY_SECRET": session_key.arn,
                    "DEMO_ACCOUNTS_SECRET": accounts.secret.arn,
                    "DATABASE_PASSWORD_SECRET": database.password.arn,
                    "DATABASE_HOST": database.address,
                    "DATABASE_NAME": database.db_name,
                    "DATABASE_USER": database.user,
                    "ORDER_TIMEOUT_MINUTES": str(args.order_timeout_minutes),
                    "TRUSTED_PROXIES": str(args.endpoint.trusted_proxies),
                },
                ami=args.ami,
                instance_type=args.instance_type,
                grants=[
                    session_key.read,
                    accounts.secret.read,
                    database.password.read,
                    args.file_system.mount,
                ],
                load_balancer=args.endpoint.load_balancer,
                scaling=args.scaling,
                rollback_alarms=args.rollback_alarms,
                tags=args.tags,
            ),
            child_opts,
        )
        self.security_group_id = self.group.security_group_id
        self.demo_accounts = accounts.accounts
        self.register_outputs(
            {"security_group_id": self.security_group_id, "demo_accounts": self.demo_accounts}
        )
