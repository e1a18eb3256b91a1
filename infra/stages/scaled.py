"""Objective 2: Internet -> CloudFront -> load balancer -> servers that come and go -> RDS and EFS."""

from dataclasses import dataclass

import pulumi

from infra.aws.application_image import ApplicationImage, ApplicationImageArgs
from infra.aws.cloud import cloud
from infra.aws.dashboard import Dashboard, DashboardArgs
from infra.aws.database import Database, DatabaseArgs
from infra.aws.edges import BOOKSTORE, HTTPS, MYSQL, NFS, allow
from infra.aws.load_balancer import HealthCheck
from infra.aws.nat import Nat, NatArgs, NatKind
from infra.aws.network import Network, NetworkArgs
from infra.aws.notices import Notices, NoticesArgs
from infra.aws.objectives import Objectives, ObjectivesArgs
from infra.aws.server_group import Scale
from infra.aws.server_image import ServerImage, ServerImageArgs
from infra.aws.shared_files import SharedFiles, SharedFilesArgs
from infra.aws.shop_servers import COVERS, ShopServers, ShopServersArgs
from infra.aws.stores_watch import StoresWatch, StoresWatchArgs
from infra.aws.way_in import WayIn, WayInArgs
from infra.settings import CHECKOUT, PROJECT, Scaled

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
    here = cloud(region=settings.region, emulator=settings.emulator, tags=tags)

    network = Network("bookstore", NetworkArgs(zones=settings.zones, data=True), here)
    nat = Nat("nat", NatArgs(network=network, kind=NatKind(settings.nat), image=settings.machine_image), here)

    database = Database(
        "database",
        DatabaseArgs(
            network=network,
            schema="bookstore",
            version=settings.rds_version,
            size=settings.rds_class,
            storage=settings.rds_storage,
            backup_days=settings.rds_backup_days,
            multi_az=settings.rds_multi_az,
            protected=settings.rds_protected,
            keep=settings.keep_data,
        ),
        here,
    )
    files = SharedFiles(
        "files",
        SharedFilesArgs(network=network, directories=COVERS, signed=True, keep=settings.keep_data),
        here,
    )

    way_in = WayIn(
        "shop",
        WayInArgs(
            network=network,
            domain=settings.domain,
            port=BOOKSTORE,
            health=READY,
            cached=["/static/*", "/cover/*"],
            rate=settings.firewall_rate if settings.firewall else None,
        ),
        here,
    )
    notices = Notices("alarms", NoticesArgs(email=settings.alarm_email), here)
    objectives = Objectives("shop", ObjectivesArgs(notices=notices, balancer=way_in.balancer), here)

    servers = ShopServers(
        "server",
        ShopServersArgs(
            network=network,
            way_in=way_in,
            database=database,
            files=files,
            image=_image(settings, network, nat, tags, here),
            size=settings.server_size,
            scale=Scale(
                least=settings.servers_least,
                most=settings.servers_most,
                processor=settings.processor_target,
                requests=settings.requests_target,
            ),
            rollback=objectives.alarms,
            order_timeout_minutes=settings.order_timeout_minutes,
            tags=tags,
        ),
        here,
    )

    for port in way_in.ports:
        allow(way_in.clients, way_in, port)
    allow(way_in, servers, BOOKSTORE)
    allow(servers, database, MYSQL)
    allow(servers, files, NFS)
    nat.carry(servers, HTTPS)

    stores = StoresWatch(
        "stores",
        StoresWatchArgs(
            notices=notices, database=database, connections=50, files=files, servers=servers.group
        ),
        here,
    )
    dashboard = Dashboard(
        "shop",
        # Dashboards have no names of Pulumi's making; the topic's is one of a kind.
        DashboardArgs(title=notices.topic_name, graphs=[*objectives.graphs, *stores.graphs]),
        here,
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
    settings: Scaled, network: Network, nat: Nat, tags: dict[str, str], here: pulumi.ResourceOptions
) -> pulumi.Input[str]:
    """Give the image that servers start from: one that somebody has baked already, or our own."""
    if settings.server_image is not None:
        return settings.server_image
    application = ApplicationImage(
        "bookstore",
        ApplicationImageArgs(context=CHECKOUT / "bookstore", build=settings.build_image),
        here,
    )
    return ServerImage(
        "server-image",
        ServerImageArgs(
            network=network, nat=nat, application=application, size=settings.server_size, tags=tags
        ),
        here,
    ).id
