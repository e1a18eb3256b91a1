"""The database as a service: MySQL on RDS."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.aws.naming import unique_name
from infra.components.aws.network.network import NetworkRef
from infra.components.aws.network.security_group import security_group

LOGS = ("error", "slowquery")
# Whoever asks without TLS is refused; what takes longer than a second is worth reading about.
PARAMETERS = {
    "require_secure_transport": "1",
    "slow_query_log": "1",
    "long_query_time": "1",
    "log_output": "FILE",
}


@dataclass(frozen=True, kw_only=True)
class RdsDatabaseArgs:
    """What a database is made of.

    Args:
        network: one with data subnets, in at least two zones.
        schema: the name of the database in it that is made at first.
        version: of MySQL, as `8.4`; RDS chooses the newest of its patches and keeps it patched.
        size: an instance class, such as `db.t3.micro`.
        storage: in GiB, 20 at least; RDS makes it up to five times as large when it fills.
        backup_retention_days: for how many days it can be brought back to any minute, 1-35.
        multi_az: whether a second machine in another zone stands by, for twice the price.
        protected: whether AWS refuses to delete it until this is taken back.
        keep: whether a last snapshot is left in the account when it is destroyed.
        parameters: of MySQL, by name, besides those of `PARAMETERS`; they apply after the next restart.
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
    """MySQL on RDS: private, encrypted, backed up, spoken to over TLS alone.

    The password of its one account is made here and kept in Secrets Manager. Nothing ever rotates it: the
    application reads it when it starts, and would be cut off.
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
        # 40 letters and digits; RDS takes 41 characters.
        self.password = Secret(
            f"{name}-password", SecretArgs(description=f"The account {self.user} in MySQL on RDS"), child_opts
        )
        group = security_group(name, args.network.vpc_id, self)
        subnets = aws.rds.SubnetGroup(name, subnet_ids=args.network.isolated_subnet_ids, opts=child_opts)
        parameters = aws.rds.ParameterGroup(
            # Another family is another group, beside the old one until the database has been upgraded.
            f"{name}-{args.engine_version.replace('.', '-')}",
            family=f"mysql{args.engine_version}",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name=key, value=value, apply_method="pending-reboot")
                for key, value in {**PARAMETERS, **args.parameters}.items()
            ],
            opts=child_opts,
        )
        # Chosen before the database exists, so that its log groups exist first: RDS's own never expire.
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
            # What `pulumi up` reports as done is done, not planned for Sunday night.
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
