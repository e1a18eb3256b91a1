"""Objective 2: Internet -> CloudFront -> load balancer -> servers that come and go -> RDS and EFS."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.server_image import ServerImage, ServerImageArgs
from infra.apps.bookstore.web_servers import COVERS, WebServers, WebServersArgs
from infra.components.aws.compute.auto_scaling_group import Scale
from infra.components.aws.data.efs_file_system import EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.ecr.container_image import ContainerImage, ContainerImageArgs
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.aws.monitoring.dashboard import Dashboard, DashboardArgs
from infra.components.aws.monitoring.datastore_alarms import DatastoreAlarms, DatastoreAlarmsArgs
from infra.components.aws.monitoring.service_level_objectives import (
    ServiceLevelObjectives,
    ServiceLevelObjectivesArgs,
)
from infra.components.aws.network.edges import BOOKSTORE, HTTPS, MYSQL, NFS, allow
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from infra.components.aws.provider import cloud
from infra.config import CHECKOUT, PROJECT, Scaled

# Not /healthz: a server without its database would keep its visitors. The answer has the status 200 or 503.
READY = HealthCheck(path="/readyz", matcher="200")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to look after the shop.

    The rest are commands to paste; `demo_accounts` is a secret: {role: {email, password}}.
    """

    url: pulumi.Output[str]
    dashboard: pulumi.Output[str]
    database_address: pulumi.Output[str]
    servers: pulumi.Output[str]
    logs: pulumi.Output[str]
    boots: str
    replacements: pulumi.Output[str]
    scaling: pulumi.Output[str]
    images: str
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]


def deploy(settings: Scaled) -> Outputs:
    """Serve the BookStore from as many servers as it takes."""
    tags = {"Project": PROJECT, "Stack": pulumi.get_stack()}
    aws_opts = cloud(region=settings.region, emulator=settings.emulator, tags=tags)

    network = Network("bookstore", NetworkArgs(zones=settings.availability_zones, data=True), aws_opts)
    nat = Nat(
        "nat",
        NatArgs(network=network, kind=NatStrategy(settings.nat), image=settings.ami),
        aws_opts,
    )

    database = RdsDatabase(
        "database",
        RdsDatabaseArgs(
            network=network,
            schema="bookstore",
            version=settings.rds_engine_version,
            size=settings.rds_instance_class,
            storage=settings.rds_allocated_storage,
            backup_retention_days=settings.backup_retention_days,
            multi_az=settings.rds_multi_az,
            protected=settings.rds_deletion_protection,
            keep=settings.retain_data,
        ),
        aws_opts,
    )
    files = EfsFileSystem(
        "files",
        EfsFileSystemArgs(network=network, directories=COVERS, signed=True, keep=settings.retain_data),
        aws_opts,
    )

    way_in = PublicEndpoint(
        "shop",
        PublicEndpointArgs(
            network=network,
            domain=settings.domain,
            port=BOOKSTORE,
            health=READY,
            cached=["/static/*", "/cover/*"],
            rate=settings.waf_rate_limit if settings.waf else None,
        ),
        aws_opts,
    )
    notices = AlarmTopic("alarms", AlarmTopicArgs(email=settings.alarm_email), aws_opts)
    objectives = ServiceLevelObjectives(
        "shop", ServiceLevelObjectivesArgs(notices=notices, balancer=way_in.balancer), aws_opts
    )

    servers = WebServers(
        "server",
        WebServersArgs(
            network=network,
            way_in=way_in,
            database=database,
            files=files,
            image=_image(settings, network, nat, tags, aws_opts),
            size=settings.server_instance_type,
            scale=Scale(
                least=settings.min_size,
                most=settings.max_size,
                processor=settings.cpu_target,
                requests=settings.requests_per_target,
            ),
            rollback=objectives.alarms,
            order_timeout_minutes=settings.order_timeout_minutes,
            tags=tags,
        ),
        aws_opts,
    )

    for port in way_in.ports:
        allow(way_in.clients, way_in, port)
    allow(way_in, servers, BOOKSTORE)
    allow(servers, database, MYSQL)
    allow(servers, files, NFS)
    nat.carry(servers, HTTPS)

    stores = DatastoreAlarms(
        "stores",
        DatastoreAlarmsArgs(
            notices=notices, database=database, connections=50, files=files, servers=servers.group
        ),
        aws_opts,
    )
    dashboard = Dashboard(
        "shop",
        # Dashboards have no names of Pulumi's making; the topic's is one of a kind.
        DashboardArgs(title=notices.topic_name, graphs=[*objectives.graphs, *stores.graphs]),
        aws_opts,
    )

    aws = f"aws --region {settings.region} --output table"
    of_stack = f"--filters Name=tag:Project,Values={PROJECT} Name=tag:Stack,Values={pulumi.get_stack()}"
    group = servers.group.name
    return Outputs(
        url=way_in.url,
        dashboard=dashboard.url,
        database_address=database.address,
        servers=pulumi.Output.concat(
            f"{aws} autoscaling describe-auto-scaling-groups --auto-scaling-group-names ",
            group,
            " --query 'AutoScalingGroups[].Instances[].[InstanceId,AvailabilityZone,LifecycleState]'",
        ),
        logs=pulumi.Output.concat(
            f"aws logs tail --follow --region {settings.region} ", servers.group.log_group
        ),
        boots=f"{aws} ec2 describe-instances {of_stack} "
        "--query 'Reservations[].Instances[].[InstanceId,State.Name,Tags[?Key==`BootStatus`]|[0].Value]'",
        replacements=pulumi.Output.concat(
            f"{aws} autoscaling describe-instance-refreshes --auto-scaling-group-name ", group
        ),
        scaling=pulumi.Output.concat(
            f"{aws} autoscaling describe-scaling-activities --auto-scaling-group-name ", group
        ),
        images=f"{aws} ec2 describe-images --owners self {of_stack} "
        "--query 'sort_by(Images,&CreationDate)[].[ImageId,CreationDate,Name]'",
        demo_accounts=servers.demo_accounts,
    )


def _image(
    settings: Scaled, network: Network, nat: Nat, tags: dict[str, str], aws_opts: pulumi.ResourceOptions
) -> pulumi.Input[str]:
    """Return the image that servers start from: one that somebody has baked already, or our own."""
    if settings.server_ami is not None:
        return settings.server_ami
    application = ContainerImage(
        "bookstore",
        ContainerImageArgs(context=CHECKOUT / "bookstore", build=settings.build_image),
        aws_opts,
    )
    return ServerImage(
        "server-image",
        ServerImageArgs(
            network=network, nat=nat, application=application, size=settings.server_instance_type, tags=tags
        ),
        aws_opts,
    ).id
