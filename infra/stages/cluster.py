"""Objective 3: Internet -> CloudFront -> load balancer -> EKS: the BookStore's pods -> MySQL and EFS.

On a cluster that there is already, the same pods with that cluster's own volumes.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pulumi_kubernetes as kubernetes

from infra.apps.bookstore.backup_bucket import DUMPS, BackupBucket, BackupBucketArgs
from infra.apps.bookstore.covers import COVERS
from infra.apps.bookstore.database_dumps import DatabaseDumps, DatabaseDumpsArgs
from infra.apps.bookstore.workload import NODE_PORT, PORT, BookStoreWorkload, BookStoreWorkloadArgs
from infra.components.aws.data.efs_file_system import EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.ecr.container_image import ContainerImage, ContainerImageArgs
from infra.components.aws.eks import capacity
from infra.components.aws.eks.cluster import EksCluster
from infra.components.aws.eks.platform import EksPlatform, EksPlatformArgs
from infra.components.aws.eks.shared_cluster import offer
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.network.edges import HTTP, HTTPS, MYSQL, NFS, CidrBlock, allow
from infra.components.aws.network.nat import NatStrategy
from infra.components.aws.network.network import VPC_CIDR, Network
from infra.components.aws.provider import cloud
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.edges import ANYWHERE, Pods, Range, connect
from infra.components.kubernetes.mysql import Mysql, MysqlArgs
from infra.components.kubernetes.namespace import Namespace, NamespaceArgs
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.shared_volume import OfClass, OnEfs, SharedVolume, SharedVolumeArgs
from infra.config import CHECKOUT, PROJECT, Cluster

NAMESPACE = "bookstore"
SHOP, MIGRATE, DATABASE, DUMP = Pods("flask"), Pods("migrate"), Pods("mysql"), Pods("dump")
READY = HealthCheck(path="/readyz")
# Where Pod Identity's agent gives pods their keys, on each node.
IDENTITY = Range("identity", ("169.254.170.23/32",))
SHOP_NETWORK = Range("network", (str(VPC_CIDR),))


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to look after the shop.

    `look_around` are commands to paste; `kubeconfig` and `demo_accounts` are secrets; `for_other_stacks` is
    what `sockshop` needs to know of a cluster on EKS to use it as well.
    """

    url: pulumi.Output[str]
    node_port_urls: pulumi.Output[list[str]]
    kubeconfig: pulumi.Output[str]
    look_around: pulumi.Output[dict[str, str]]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]
    for_other_stacks: pulumi.Output[str] | None


def deploy(settings: Cluster) -> Outputs:
    """Serve the BookStore from Kubernetes."""
    return _on_eks(settings) if settings.cluster == "eks" else _on_a_cluster(settings)


def _on_eks(settings: Cluster) -> Outputs:
    aws_opts = cloud(
        region=settings.region, emulator=None, tags={"Project": PROJECT, "Stack": pulumi.get_stack()}
    )
    premises = EksPlatform(
        "bookstore",
        EksPlatformArgs(
            nat=NatStrategy(settings.nat),
            machine_image=settings.ami,
            version=settings.kubernetes_version,
            node_instance_type=settings.node_instance_type,
            nodes=settings.node_count,
            public_access_cidrs=settings.public_access_cidrs,
            keep=settings.retain_data,
        ),
        aws_opts,
    )
    cluster, network = premises.cluster, premises.cluster.network
    application = ContainerImage(
        "bookstore",
        ContainerImageArgs(context=CHECKOUT / "bookstore", build=settings.build_image),
        aws_opts,
    )
    files = EfsFileSystem(
        "files",
        EfsFileSystemArgs(
            network=network, directories=COVERS, require_iam=False, retain_data=settings.retain_data
        ),
        aws_opts,
    )
    way_in = PublicEndpoint(
        "shop",
        PublicEndpointArgs(
            network=network,
            domain=settings.domain,
            port=NODE_PORT,
            health_check=READY,
            cached_paths=["/static/*", "/cover/*"],
            rate_limit=None,
        ),
        aws_opts,
    )
    way_in.load_balancer.attach("shop", cluster.auto_scaling_group)

    child_opts = pulumi.ResourceOptions(provider=cluster.provider)
    namespace = Namespace(NAMESPACE, NamespaceArgs(name=NAMESPACE), child_opts)
    covers = SharedVolume(
        "covers",
        SharedVolumeArgs(
            namespace=namespace.name,
            kind=OnEfs(file_system=files.id, access_point=files.access_points["covers"]),
            size=5,
        ),
        child_opts,
    )
    database, demands = (
        _rds(settings, network, cluster, namespace, aws_opts)
        if settings.database == "rds"
        else _mysql(settings, namespace, cluster.storage_class, child_opts)
    )
    shop = BookStoreWorkload(
        "shop",
        BookStoreWorkloadArgs(
            namespace=namespace.name,
            image=application.reference,
            database=database,
            covers=covers.claim,
            proxies=way_in.trusted_proxies,
            order_timeout_minutes=settings.order_timeout_minutes,
        ),
        child_opts,
    )
    demands = [*demands, *shop.demands]
    if settings.database == "pod":
        backups = BackupBucket(
            "backups",
            BackupBucketArgs(retention_days=settings.backup_retention_days, retain_data=settings.retain_data),
            aws_opts,
        )
        cluster.grant(NAMESPACE, DUMP.app, backups.exchange(DUMPS))
        demands += _dumps(settings.region, backups, database, shop, namespace)
    capacity.require(settings.node_instance_type, settings.node_count, demands)

    for port in way_in.ports:
        allow(way_in.clients, way_in, port)
    allow(way_in, cluster, NODE_PORT)
    for number, addresses in enumerate(settings.node_port_cidrs):
        allow(CidrBlock(f"office-{number}", addresses), cluster, NODE_PORT)
    allow(cluster, files, NFS)
    # Whatever comes by a node's port has a node's address by then.
    connect(namespace.name, SHOP_NETWORK, SHOP, PORT, child_opts)

    return _outputs(
        settings,
        url=way_in.url,
        node_port_urls=_node_ports(cluster, aws_opts),
        kubeconfig=cluster.kubeconfig,
        shop=shop,
        sign_in=pulumi.Output.concat(
            f"aws eks update-kubeconfig --region {settings.region} --name ", cluster.name
        ),
        for_other_stacks=offer(
            cluster,
            region=settings.region,
            node_instance_type=settings.node_instance_type,
            nodes=settings.node_count,
            demands=demands,
        ),
    )


def _on_a_cluster(settings: Cluster) -> Outputs:
    child_opts = pulumi.ResourceOptions(
        provider=kubernetes.Provider("cluster", kubeconfig=settings.kubeconfig, context=settings.kube_context)
    )
    namespace = Namespace(NAMESPACE, NamespaceArgs(name=NAMESPACE), child_opts)
    covers = SharedVolume(
        "covers",
        SharedVolumeArgs(
            namespace=namespace.name,
            kind=OfClass(
                storage_class=settings.covers_storage_class or settings.storage_class,
                access="ReadWriteMany" if settings.covers_storage_class else "ReadWriteOnce",
            ),
            size=5,
        ),
        child_opts,
    )
    database, _ = _mysql(settings, namespace, settings.storage_class, child_opts)
    shop = BookStoreWorkload(
        "shop",
        BookStoreWorkloadArgs(
            namespace=namespace.name,
            image=_image(settings),
            database=database,
            covers=covers.claim,
            proxies=0,
            order_timeout_minutes=settings.order_timeout_minutes,
        ),
        child_opts,
    )
    connect(namespace.name, ANYWHERE, SHOP, PORT, child_opts)

    url = f"http://{settings.node_address}:{NODE_PORT}"
    return _outputs(
        settings,
        url=pulumi.Output.from_input(url),
        node_port_urls=pulumi.Output.from_input([url]),
        kubeconfig=pulumi.Output.secret(settings.kubeconfig),
        shop=shop,
        sign_in=pulumi.Output.from_input(f"export KUBECONFIG={settings.kubeconfig}"),
        for_other_stacks=None,
    )


def _mysql(
    settings: Cluster,
    namespace: Namespace,
    storage_class: pulumi.Input[str] | None,
    child_opts: pulumi.ResourceOptions,
) -> tuple[DatabaseConnection, list[PodRequests]]:
    server = Mysql(
        DATABASE.app,
        MysqlArgs(namespace=namespace.name, storage_class=storage_class, storage=settings.mysql_volume_size),
        child_opts,
    )
    for client in (SHOP, MIGRATE):
        connect(namespace.name, client, DATABASE, MYSQL, child_opts)
    return server.connection, server.demands


def _rds(
    settings: Cluster,
    network: Network,
    cluster: EksCluster,
    namespace: Namespace,
    aws_opts: pulumi.ResourceOptions,
) -> tuple[DatabaseConnection, list[PodRequests]]:
    database = RdsDatabase(
        "database",
        RdsDatabaseArgs(
            network=network,
            db_name="bookstore",
            instance_class=settings.rds_instance_class,
            backup_retention_period=settings.backup_retention_days,
            retain_data=settings.retain_data,
        ),
        aws_opts,
    )
    allow(cluster, database, MYSQL)
    child_opts = pulumi.ResourceOptions(provider=cluster.provider)
    for client in (SHOP, MIGRATE):
        connect(namespace.name, client, SHOP_NETWORK, MYSQL, child_opts)
        # The certificates by which they know RDS are AWS's to give.
        connect(namespace.name, client, ANYWHERE, HTTPS, child_opts)
    connection = DatabaseConnection(
        host=database.address,
        schema=database.db_name,
        user=database.user,
        password=database.password.value,
        authority=None,
    )
    return connection, []


def _dumps(
    region: str,
    backups: BackupBucket,
    database: DatabaseConnection,
    shop: BookStoreWorkload,
    namespace: Namespace,
) -> list[PodRequests]:
    dumps = DatabaseDumps(
        "dumps",
        DatabaseDumpsArgs(
            namespace=namespace.name,
            database=database,
            secret=shop.secret,
            bucket=backups.name,
            region=region,
        ),
        pulumi.ResourceOptions(parent=shop),
    )
    child_opts = pulumi.ResourceOptions(parent=dumps)
    connect(namespace.name, DUMP, DATABASE, MYSQL, child_opts)
    connect(namespace.name, DUMP, IDENTITY, HTTP, child_opts)
    connect(namespace.name, DUMP, ANYWHERE, HTTPS, child_opts)
    return dumps.demands


def _image(settings: Cluster) -> pulumi.Input[str]:
    """Return the image that the cluster has been given, or the one that is built and pushed for it."""
    if not settings.push_image:
        return settings.image
    context = CHECKOUT / "bookstore"
    return docker.Image(
        "bookstore",
        image_name=settings.image,
        build=docker.DockerBuildArgs(
            context=str(context), dockerfile=str(context / "Dockerfile"), platform="linux/amd64"
        ),
    ).repo_digest


def _node_ports(cluster: EksCluster, aws_opts: pulumi.ResourceOptions) -> pulumi.Output[list[str]]:
    """Return the shop's address on each node, for whoever is in the network or comes by `nodePortCidrs`."""
    of_cluster = cluster.node_group.apply(
        lambda group: [aws.ec2.GetInstancesFilterArgs(name="tag:eks:nodegroup-name", values=[group])]
    )
    addresses = aws.ec2.get_instances_output(
        filters=of_cluster, opts=pulumi.InvokeOutputOptions(provider=aws_opts.provider)
    ).private_ips
    return addresses.apply(lambda found: [f"http://{address}:{NODE_PORT}" for address in found])


def _outputs(
    settings: Cluster,
    *,
    url: pulumi.Output[str],
    node_port_urls: pulumi.Output[list[str]],
    kubeconfig: pulumi.Output[str],
    shop: BookStoreWorkload,
    sign_in: pulumi.Output[str],
    for_other_stacks: pulumi.Output[str] | None,
) -> Outputs:
    kubectl = f"kubectl --namespace {NAMESPACE}"
    commands = {
        "sign_in": sign_in,
        "everything": f"{kubectl} get all,persistentvolumeclaims,networkpolicies --output wide",
        "shop_logs": f"{kubectl} logs --selector app={SHOP.app} --follow --prefix",
        "migration_logs": f"{kubectl} logs job/{MIGRATE.app}",
        "events": f"{kubectl} get events --sort-by .lastTimestamp",
        "browse": f"{kubectl} port-forward service/flask-service {PORT}:{PORT}",
        "use": f"{kubectl} top pods --containers",
    }
    if settings.database == "pod":
        commands["mysql"] = f"{kubectl} exec --stdin --tty statefulset/{DATABASE.app} -- bash"
    return Outputs(
        url=url,
        node_port_urls=node_port_urls,
        kubeconfig=kubeconfig,
        look_around=pulumi.Output.all(**commands).apply(
            lambda found: {name: str(command) for name, command in found.items()}
        ),
        demo_accounts=shop.demo_accounts,
        for_other_stacks=for_other_stacks,
    )
