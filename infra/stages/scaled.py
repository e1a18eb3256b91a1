"""Objective 2: Internet -> CloudFront -> load balancer -> Auto Scaling group -> RDS and EFS."""

import pulumi

from infra.apps.bookstore.covers import COVERS
from infra.apps.bookstore.image import bookstore_image
from infra.apps.bookstore.server_image import ServerImage, ServerImageArgs
from infra.apps.bookstore.web_servers import PORT, READY, STATIC_PATHS, WebServers, WebServersArgs
from infra.components.aws.cli import AwsCli
from infra.components.aws.compute.auto_scaling_group import Scaling
from infra.components.aws.data.efs_file_system import EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.aws.monitoring.dashboard import Dashboard, DashboardArgs
from infra.components.aws.monitoring.datastore_alarms import DatastoreAlarms, DatastoreAlarmsArgs
from infra.components.aws.monitoring.service_level_objectives import (
    ServiceLevelObjectives,
    ServiceLevelObjectivesArgs,
)
from infra.components.aws.network.edges import HTTPS, MYSQL, NFS, allow
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from infra.components.aws.provider import cloud
from infra.config import PROJECT, Scaled
from infra.stages.scaled_outputs import Outputs, outputs_of


def deploy(settings: Scaled) -> Outputs:
    """Serve the BookStore from an Auto Scaling group of web servers."""
    tags = {"Project": PROJECT, "Stack": pulumi.get_stack()}
    aws_opts = cloud(region=settings.region, emulator=settings.emulator, tags=tags)

    network = Network(
        "bookstore",
        NetworkArgs(availability_zones=settings.availability_zones, isolated_subnets=True),
        aws_opts,
    )
    nat = Nat("nat", NatArgs(network=network, strategy=NatStrategy(settings.nat), ami=settings.ami), aws_opts)

    database = RdsDatabase(
        "database",
        RdsDatabaseArgs(
            network=network,
            db_name="bookstore",
            engine_version=settings.rds_engine_version,
            instance_class=settings.rds_instance_class,
            allocated_storage=settings.rds_allocated_storage,
            backup_retention_period=settings.backup_retention_days,
            multi_az=settings.rds_multi_az,
            deletion_protection=settings.rds_deletion_protection,
            retain_data=settings.retain_data,
        ),
        aws_opts,
    )
    files = EfsFileSystem(
        "files",
        EfsFileSystemArgs(network=network, directories=COVERS, retain_data=settings.retain_data),
        aws_opts,
    )

    endpoint = PublicEndpoint(
        "shop",
        PublicEndpointArgs(
            network=network,
            domain=settings.domain,
            port=PORT,
            health_check=READY,
            cached_paths=STATIC_PATHS,
            rate_limit=settings.waf_rate_limit if settings.waf else None,
        ),
        aws_opts,
    )
    topic = AlarmTopic("alarms", AlarmTopicArgs(email=settings.alarm_email), aws_opts)
    objectives = ServiceLevelObjectives(
        "shop", ServiceLevelObjectivesArgs(topic=topic, load_balancer=endpoint.load_balancer), aws_opts
    )

    ami: pulumi.Input[str] | None = settings.server_ami
    if ami is None:
        ami = ServerImage(
            "server-image",
            ServerImageArgs(
                network=network,
                nat=nat,
                image=bookstore_image(build=settings.build_image, opts=aws_opts),
                instance_type=settings.server_instance_type,
                tags=tags,
            ),
            aws_opts,
        ).id
    servers = WebServers(
        "server",
        WebServersArgs(
            network=network,
            endpoint=endpoint,
            database=database,
            file_system=files,
            ami=ami,
            instance_type=settings.server_instance_type,
            scaling=Scaling(
                min_size=settings.min_size,
                max_size=settings.max_size,
                cpu_target=settings.cpu_target,
                requests_per_target=settings.requests_per_target,
            ),
            rollback_alarms=objectives.alarms,
            order_timeout_minutes=settings.order_timeout_minutes,
            tags=tags,
        ),
        aws_opts,
    )

    for port in endpoint.ports:
        allow(endpoint.clients, endpoint, port)
    allow(endpoint, servers, PORT)
    allow(servers, database, MYSQL)
    allow(servers, files, NFS)
    nat.allow_egress(servers, HTTPS)

    stores = DatastoreAlarms(
        "stores",
        DatastoreAlarmsArgs(
            topic=topic, database=database, file_system=files, auto_scaling_group=servers.group
        ),
        aws_opts,
    )
    dashboard = Dashboard(
        "shop",
        DashboardArgs(dashboard_name=topic.topic_name, graphs=[*objectives.graphs, *stores.graphs]),
        aws_opts,
    )

    return outputs_of(endpoint, database, servers, dashboard, AwsCli(settings.region, tags))
