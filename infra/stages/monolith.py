"""Objective 1: Internet -> Elastic IP -> app server (NGINX + BookStore) -> private network -> MySQL."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.app_server import AppServer, AppServerArgs
from infra.apps.bookstore.backup_bucket import BackupBucket, BackupBucketArgs
from infra.apps.bookstore.image import bookstore_image
from infra.apps.bookstore.mysql_server import MysqlServer, MysqlServerArgs
from infra.components.aws.cli import AwsCli
from infra.components.aws.endpoint.public_hostname import PublicHostname, PublicHostnameArgs
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.aws.monitoring.dashboard import Dashboard, DashboardArgs, instance_graphs
from infra.components.aws.monitoring.instance_alarms import (
    InstanceAlarms,
    InstanceAlarmsArgs,
    MonitoredInstance,
)
from infra.components.aws.network.edges import HTTP, HTTPS, INTERNET, MYSQL, SSH, CidrBlock, allow
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from infra.components.aws.provider import cloud
from infra.config import PROJECT, Monolith


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to operate the shop.

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
    """Serve the BookStore from one EC2 instance, with its database on another."""
    tags = {"Project": PROJECT, "Stack": pulumi.get_stack()}
    aws_opts = cloud(region=settings.region, emulator=settings.emulator, tags=tags)

    network = Network("bookstore", NetworkArgs(availability_zones=1), aws_opts)
    nat = Nat("nat", NatArgs(network=network, strategy=NatStrategy(settings.nat), ami=settings.ami), aws_opts)

    backups = BackupBucket(
        "backups",
        BackupBucketArgs(retention_days=settings.backup_retention_days, retain_data=settings.retain_data),
        aws_opts,
    )
    database = MysqlServer(
        "database",
        MysqlServerArgs(
            network=network,
            ami=settings.ami,
            instance_type=settings.database_instance_type,
            volume_size=settings.database_volume_size,
            retain_data=settings.retain_data,
            backups=backups,
        ),
        aws_opts,
    )

    hostname = PublicHostname("shop", PublicHostnameArgs(domain=settings.domain), aws_opts)
    image = bookstore_image(build=settings.build_image, opts=aws_opts)
    app = AppServer(
        "app",
        AppServerArgs(
            network=network,
            hostname=hostname,
            image=image,
            database=database,
            ami=settings.ami,
            instance_type=settings.app_instance_type,
            volume_size=settings.app_volume_size,
            retain_data=settings.retain_data,
            backups=backups,
            order_timeout_minutes=settings.order_timeout_minutes,
            acme_email=settings.acme_email,
            ssh_public_key=settings.ssh_public_key,
        ),
        aws_opts,
    )

    for port in (HTTP, HTTPS):
        allow(INTERNET, app, port)
        allow(app, INTERNET, port)
        nat.allow_egress(database, port)
    allow(app, database, MYSQL)
    if settings.ssh_cidr is not None:
        allow(CidrBlock("office", settings.ssh_cidr), app, SSH)

    monitored = [
        MonitoredInstance(
            instance=app.instance, mount_points=app.mount_points, daily_backup="copy of the covers"
        ),
        MonitoredInstance(
            instance=database.instance,
            mount_points=database.mount_points,
            daily_backup="dump of the database",
        ),
    ]
    if nat.instance is not None:
        monitored.append(MonitoredInstance(instance=nat.instance, mount_points=["/"]))
    topic = AlarmTopic("alarms", AlarmTopicArgs(email=settings.alarm_email), aws_opts)
    InstanceAlarms(
        "alarms", InstanceAlarmsArgs(topic=topic, instances=monitored, web_server=app.instance), aws_opts
    )
    dashboard = Dashboard(
        "shop",
        DashboardArgs(dashboard_name=topic.topic_name, graphs=instance_graphs(monitored, app.instance)),
        aws_opts,
    )

    cli = AwsCli(settings.region, tags)
    return Outputs(
        url=pulumi.Output.concat("https://", hostname.name),
        public_address=hostname.address,
        database_address=database.address,
        app_session=cli.start_session(app.instance.id),
        database_session=cli.start_session(database.instance.id),
        app_logs=cli.tail_logs(app.instance.log_group),
        database_logs=cli.tail_logs(database.instance.log_group),
        boots=cli.boot_status_of(app.instance.id, database.instance.id),
        backups=pulumi.Output.concat("s3://", backups.name, "/"),
        dashboard=dashboard.url,
        demo_accounts=app.demo_accounts,
    )
