"""Objective 1: Internet -> Elastic IP -> app machine (NGINX + BookStore) -> private network -> MySQL."""

from dataclasses import dataclass

import pulumi

from infra.aws.alarms import Alarms, AlarmsArgs, Watched
from infra.aws.app_server import AppServer, AppServerArgs
from infra.aws.application_image import ApplicationImage, ApplicationImageArgs
from infra.aws.backup_bucket import BackupBucket, BackupBucketArgs
from infra.aws.cloud import cloud
from infra.aws.dashboard import Dashboard, DashboardArgs, machine_graphs
from infra.aws.database_server import DatabaseServer, DatabaseServerArgs
from infra.aws.edges import HTTP, HTTPS, INTERNET, MYSQL, SSH, Outside, allow
from infra.aws.machine import Machine
from infra.aws.nat import Nat, NatArgs, NatKind
from infra.aws.network import Network, NetworkArgs
from infra.aws.public_name import PublicName, PublicNameArgs
from infra.settings import CHECKOUT, PROJECT, Monolith


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
    here = cloud(
        region=settings.region,
        emulator=settings.emulator,
        tags={"Project": PROJECT, "Stack": pulumi.get_stack()},
    )

    network = Network("bookstore", NetworkArgs(zones=1), here)
    nat = Nat("nat", NatArgs(network=network, kind=NatKind(settings.nat), image=settings.machine_image), here)

    backups = BackupBucket(
        "backups", BackupBucketArgs(days=settings.backup_days, keep=settings.keep_data), here
    )
    database = DatabaseServer(
        "database",
        DatabaseServerArgs(
            network=network,
            image=settings.machine_image,
            size=settings.database_size,
            storage=settings.database_storage,
            keep=settings.keep_data,
            backups=backups,
        ),
        here,
    )

    name = PublicName("shop", PublicNameArgs(domain=settings.domain), here)
    application = ApplicationImage(
        "bookstore",
        ApplicationImageArgs(context=CHECKOUT / "bookstore", build=settings.build_image),
        here,
    )
    app = AppServer(
        "app",
        AppServerArgs(
            network=network,
            name=name,
            application=application,
            database=database,
            image=settings.machine_image,
            size=settings.app_size,
            storage=settings.app_storage,
            keep=settings.keep_data,
            backups=backups,
            order_timeout_minutes=settings.order_timeout_minutes,
            acme_email=settings.acme_email,
            ssh_key=settings.ssh_key,
        ),
        here,
    )

    for port in (HTTP, HTTPS):
        allow(INTERNET, app, port)
        allow(app, INTERNET, port)
        nat.carry(database, port)
    allow(app, database, MYSQL)
    if settings.ssh_from is not None:
        allow(Outside("office", settings.ssh_from), app, SSH)

    machines = [
        Watched(machine=app.machine, disks=["/", "/var/lib/bookstore"], owes="copy of the covers"),
        Watched(machine=database.machine, disks=["/", "/var/lib/mysql"], owes="dump of the database"),
    ]
    if nat.machine is not None:
        machines.append(Watched(machine=nat.machine, disks=["/"]))
    alarms = Alarms(
        "alarms",
        AlarmsArgs(machines=machines, way_in=app.machine, email=settings.alarm_email),
        here,
    )
    dashboard = Dashboard(
        "shop",
        # Dashboards have no names of Pulumi's making; the topic's is one of a kind.
        DashboardArgs(title=alarms.topic_name, graphs=machine_graphs(machines, app.machine)),
        here,
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


def _session(settings: Monolith, machine: Machine) -> pulumi.Output[str]:
    return pulumi.Output.concat(f"aws ssm start-session --region {settings.region} --target ", machine.id)


def _logs(settings: Monolith, machine: Machine) -> pulumi.Output[str]:
    return pulumi.Output.concat(f"aws logs tail --follow --region {settings.region} ", machine.log_group)


def _boots(settings: Monolith, *machines: Machine) -> pulumi.Output[str]:
    ids = pulumi.Output.all(*(machine.id for machine in machines)).apply(",".join)
    return pulumi.Output.concat(
        f"aws ec2 describe-tags --region {settings.region} --output table "
        "--filters Name=key,Values=BootStatus Name=resource-id,Values=",
        ids,
    )
