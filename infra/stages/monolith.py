"""Objective 1: Internet -> Elastic IP -> app machine (NGINX + BookStore) -> private network -> MySQL."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.app_server import AppServer, AppServerArgs
from infra.apps.bookstore.backup_bucket import BackupBucket, BackupBucketArgs
from infra.apps.bookstore.mysql_server import MysqlServer, MysqlServerArgs
from infra.components.aws.compute.instance import Ec2Instance
from infra.components.aws.ecr.container_image import ContainerImage, ContainerImageArgs
from infra.components.aws.endpoint.public_hostname import PublicHostname, PublicHostnameArgs
from infra.components.aws.monitoring.dashboard import Dashboard, DashboardArgs, machine_graphs
from infra.components.aws.monitoring.instance_alarms import (
    InstanceAlarms,
    InstanceAlarmsArgs,
    MonitoredInstance,
)
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, MYSQL, SSH, CidrBlock, allow
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from infra.components.aws.provider import cloud
from infra.config import CHECKOUT, PROJECT, Monolith


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to look after the shop.

    Sessions, logs and boots are commands to paste; `demo_accounts` is a secret: {role: {email, password}}.
    """

    url: pulumi.Output[str]
    public_address: pulumi.Output[str]
    database_address: str
    app_session: pulumi.Output[str]
    database_session: pulumi.Output[str]
    app_logs: pulumi.Output[str]
    database_logs: pulumi.Output[str]
    boots: pulumi.Output[str]
    backups: pulumi.Output[str]
    dashboard: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]


def deploy(settings: Monolith) -> Outputs:
    """Serve the BookStore from one machine, with its database on another."""
    aws_opts = cloud(
        region=settings.region,
        emulator=settings.emulator,
        tags={"Project": PROJECT, "Stack": pulumi.get_stack()},
    )

    network = Network("bookstore", NetworkArgs(zones=1), aws_opts)
    nat = Nat(
        "nat",
        NatArgs(network=network, kind=NatStrategy(settings.nat), image=settings.ami),
        aws_opts,
    )

    backups = BackupBucket(
        "backups", BackupBucketArgs(days=settings.backup_retention_days, keep=settings.retain_data), aws_opts
    )
    database = MysqlServer(
        "database",
        MysqlServerArgs(
            network=network,
            image=settings.ami,
            size=settings.database_instance_type,
            storage=settings.database_volume_size,
            keep=settings.retain_data,
            backups=backups,
        ),
        aws_opts,
    )

    name = PublicHostname("shop", PublicHostnameArgs(domain=settings.domain), aws_opts)
    application = ContainerImage(
        "bookstore",
        ContainerImageArgs(context=CHECKOUT / "bookstore", build=settings.build_image),
        aws_opts,
    )
    app = AppServer(
        "app",
        AppServerArgs(
            network=network,
            name=name,
            application=application,
            database=database,
            image=settings.ami,
            size=settings.app_instance_type,
            storage=settings.app_volume_size,
            keep=settings.retain_data,
            backups=backups,
            order_timeout_minutes=settings.order_timeout_minutes,
            acme_email=settings.acme_email,
            ssh_key=settings.ssh_public_key,
        ),
        aws_opts,
    )

    for port in (HTTP, HTTPS):
        allow(INTERNET, app, port)
        allow(app, INTERNET, port)
        nat.carry(database, port)
    allow(app, database, MYSQL)
    if settings.ssh_cidr is not None:
        allow(CidrBlock("office", settings.ssh_cidr), app, SSH)

    machines = [
        MonitoredInstance(machine=app.machine, disks=["/", "/var/lib/bookstore"], owes="copy of the covers"),
        MonitoredInstance(
            machine=database.machine, disks=["/", "/var/lib/mysql"], owes="dump of the database"
        ),
    ]
    if nat.machine is not None:
        machines.append(MonitoredInstance(machine=nat.machine, disks=["/"]))
    alarms = InstanceAlarms(
        "alarms",
        InstanceAlarmsArgs(machines=machines, way_in=app.machine, email=settings.alarm_email),
        aws_opts,
    )
    dashboard = Dashboard(
        "shop",
        # Dashboards have no names of Pulumi's making; the topic's is one of a kind.
        DashboardArgs(title=alarms.topic_name, graphs=machine_graphs(machines, app.machine)),
        aws_opts,
    )

    return Outputs(
        url=pulumi.Output.concat("https://", name.name),
        public_address=name.address,
        database_address=database.address,
        app_session=_session(settings, app.machine),
        database_session=_session(settings, database.machine),
        app_logs=_logs(settings, app.machine),
        database_logs=_logs(settings, database.machine),
        boots=_boots(settings, app.machine, database.machine),
        backups=pulumi.Output.concat("s3://", backups.name, "/"),
        dashboard=dashboard.url,
        demo_accounts=app.demo_accounts,
    )


def _session(settings: Monolith, machine: Ec2Instance) -> pulumi.Output[str]:
    return pulumi.Output.concat(f"aws ssm start-session --region {settings.region} --target ", machine.id)


def _logs(settings: Monolith, machine: Ec2Instance) -> pulumi.Output[str]:
    return pulumi.Output.concat(f"aws logs tail --follow --region {settings.region} ", machine.log_group)


def _boots(settings: Monolith, *machines: Ec2Instance) -> pulumi.Output[str]:
    ids = pulumi.Output.all(*(machine.id for machine in machines)).apply(",".join)
    return pulumi.Output.concat(
        f"aws ec2 describe-tags --region {settings.region} --output table "
        "--filters Name=key,Values=BootStatus Name=resource-id,Values=",
        ids,
    )
