"""MySQL on RDS."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.aws.naming import unique_name
from infra.components.aws.network.network import NetworkRef
from infra.components.aws.network.security_group import security_group

LOGS = ("error", "slowquery")
# Refuse connections without TLS; log queries that take longer than a second.
PARAMETERS = {
    "require_secure_transport": "1",
    "slow_query_log": "1",
    "long_query_time": "1",
    "log_output": "FILE",
}


@dataclass(frozen=True, kw_only=True)
class RdsDatabaseArgs:
    """Arguments for `RdsDatabase`.

    Args:
        network: one with isolated subnets, in two zones at least.
        db_name: the database that RDS creates at first; its account has the same name.
        engine_version: of MySQL, such as `8.4`; RDS chooses the newest patch and keeps it patched.
        instance_class: such as `db.t3.micro`.
        allocated_storage: in GiB, 20 at least; RDS grows it up to five times as large when it fills up.
        backup_retention_period: for how many days back it can be restored to any minute, 1-35.
        multi_az: whether RDS keeps a standby in another zone, for twice the price.
        deletion_protection: whether AWS refuses to delete it until this is False again.
        retain_data: keep a final snapshot and the automated backups when the stack is destroyed.
        parameters: MySQL parameters by name, besides `PARAMETERS`; they apply after the next restart.
    """

    network: NetworkRef
    db_name: str
    engine_version: str = "8.4"
    instance_class: str
    allocated_storage: int = 20
    backup_retention_period: int
    multi_az: bool = False
    deletion_protection: bool = False
    retain_data: bool
    parameters: Mapping[str, str] = field(default_factory=dict)


class RdsDatabase(pulumi.ComponentResource):
    """MySQL on RDS: private, encrypted, backed up, reachable over TLS only.

    Its one account has a random password in Secrets Manager. Nothing rotates the password: the application
    reads it only at its start, and would lose the connection.
    """

    address: pulumi.Output[str]
    db_name: str
    user: str
    password: Secret
    identifier: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: RdsDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:RdsDatabase", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.db_name = self.user = args.db_name
        # 40 characters; RDS accepts 41.
        self.password = Secret(
            f"{name}-password", SecretArgs(description=f"The account {self.user} in MySQL on RDS"), child_opts
        )
        group = security_group(name, args.network.vpc_id, self)
        subnets = aws.rds.SubnetGroup(name, subnet_ids=args.network.isolated_subnet_ids, opts=child_opts)
        parameters = aws.rds.ParameterGroup(
            # A new family needs a new group beside the old one, until the database has been upgraded.
            f"{name}-{args.engine_version.replace('.', '-')}",
            family=f"mysql{args.engine_version}",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name=key, value=value, apply_method="pending-reboot")
                for key, value in {**PARAMETERS, **args.parameters}.items()
            ],
            opts=child_opts,
        )
        # Chosen here, so that the log groups exist before the database: those that RDS creates never expire.
        self.identifier = unique_name(name, self)
        logs = [
            aws.cloudwatch.LogGroup(
                f"{name}-{log}",
                name=pulumi.Output.concat("/aws/rds/instance/", self.identifier, f"/{log}"),
                retention_in_days=30,
                opts=child_opts,
            )
            for log in LOGS
        ]
        instance = aws.rds.Instance(
            name,
            identifier=self.identifier,
            engine="mysql",
            engine_version=args.engine_version,
            allow_major_version_upgrade=True,
            auto_minor_version_upgrade=True,
            instance_class=args.instance_class,
            storage_type="gp3",
            storage_encrypted=True,
            allocated_storage=args.allocated_storage,
            max_allocated_storage=5 * args.allocated_storage,
            db_name=args.db_name,
            username=self.user,
            password=self.password.value,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[group.id],
            publicly_accessible=False,
            parameter_group_name=parameters.name,
            multi_az=args.multi_az,
            backup_retention_period=args.backup_retention_period,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            deletion_protection=args.deletion_protection,
            skip_final_snapshot=not args.retain_data,
            final_snapshot_identifier=pulumi.Output.concat(self.identifier, "-final"),
            delete_automated_backups=not args.retain_data,
            enabled_cloudwatch_logs_exports=list(LOGS),
            # Otherwise `pulumi up` would report changes that wait for the maintenance window.
            apply_immediately=True,
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=logs),
        )
        self.address = instance.address
        self.security_group_id = group.id
        self.register_outputs(
            {
                "address": self.address,
                "db_name": self.db_name,
                "user": self.user,
                "identifier": self.identifier,
                "security_group_id": self.security_group_id,
            }
        )
