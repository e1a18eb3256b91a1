"""Internet -> CloudFront -> load balancer -> EKS: the BookStore's pods -> MySQL (in a pod or RDS) and EFS."""

import pulumi

from infra.apps.bookstore.backup_bucket import DUMPS, BackupBucket, BackupBucketArgs
from infra.apps.bookstore.covers import COVERS
from infra.apps.bookstore.database_dumps import DatabaseDumps, DatabaseDumpsArgs
from infra.apps.bookstore.image import bookstore_image
from infra.apps.bookstore.rds_connection import rds_connection
from infra.apps.bookstore.web_servers import READY, STATIC_PATHS
from infra.apps.bookstore.workload import NODE_PORT, PORT, BookStoreWorkload, BookStoreWorkloadArgs
from infra.components.aws.data.efs_file_system import EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.data.rds_database import RdsDatabase, RdsDatabaseArgs
from infra.components.aws.eks.pod_identity_role import POD_IDENTITY_AGENT
from infra.components.aws.eks.shared_cluster import cluster_exports
from infra.components.aws.network.edges import HTTP, HTTPS, MYSQL, NFS, CidrBlock, allow
from infra.components.kubernetes.mysql import Mysql, MysqlArgs
from infra.components.kubernetes.namespace import Namespace
from infra.components.kubernetes.network_policy import ANYWHERE
from infra.components.kubernetes.shared_volume import EfsVolume, SharedVolume, SharedVolumeArgs
from infra.config import Cluster
from infra.stages.cluster.outputs import NAMESPACE, Outputs, outputs
from infra.stages.platform import aws_options, eks_cluster, kubeconfig_command, node_port_endpoint


def deploy(settings: Cluster) -> Outputs:
    """Deploy the BookStore on EKS."""
    retain_data, backup_days = settings.retain_data, settings.backup_retention_days
    aws_opts = aws_options(settings.region)
    cluster = eks_cluster("bookstore", settings, aws_opts)
    network = cluster.network
    image = bookstore_image(build=settings.build_image, opts=aws_opts)
    files = EfsFileSystem(
        "files",
        EfsFileSystemArgs(network=network, directories=COVERS, require_iam=False, retain_data=retain_data),
        aws_opts,
    )
    endpoint = node_port_endpoint(
        "shop", settings, cluster, NODE_PORT, health_check=READY, cached_paths=STATIC_PATHS, opts=aws_opts
    )

    k8s_opts = pulumi.ResourceOptions(provider=cluster.provider)
    namespace = Namespace(NAMESPACE, k8s_opts)
    covers_on_efs = EfsVolume(file_system=files.id, access_point=files.access_points["covers"])
    covers = SharedVolume(
        "covers", SharedVolumeArgs(namespace=namespace.name, source=covers_on_efs, size=5), k8s_opts
    )
    rds, mysql, dumps = None, None, None
    if settings.database == "rds":
        rds = RdsDatabase(
            "database",
            RdsDatabaseArgs(
                network=network,
                db_name="bookstore",
                instance_class=settings.rds_instance_class,
                backup_retention_period=backup_days,
                retain_data=retain_data,
            ),
            aws_opts,
        )
        database = rds_connection(rds)
    else:
        mysql = Mysql(
            "mysql",
            MysqlArgs(
                namespace=namespace.name,
                db_name="bookstore",
                storage_class=cluster.storage_class,
                volume_size=settings.mysql_volume_size,
            ),
            k8s_opts,
        )
        database = mysql.connection
    shop = BookStoreWorkload(
        "shop",
        BookStoreWorkloadArgs(
            namespace=namespace.name,
            image=image.reference,
            database=database,
            covers=covers.claim,
            trusted_proxies=endpoint.trusted_proxies,
            order_timeout_minutes=settings.order_timeout_minutes,
        ),
        k8s_opts,
    )
    if mysql is not None:
        backups = BackupBucket(
            "backups", BackupBucketArgs(retention_days=backup_days, retain_data=retain_data), aws_opts
        )
        dumps = DatabaseDumps(
            "dumps",
            DatabaseDumpsArgs(
                namespace=namespace.name,
                database=database,
                secret=shop.secret,
                bucket=backups.name,
                region=settings.region,
            ),
            k8s_opts,
        )
        cluster.grant(NAMESPACE, dumps.service_account, backups.exchange(DUMPS))
    pod_requests = [request for each in (mysql, shop, dumps) if each for request in each.pod_requests]
    cluster.require_room(pod_requests)

    # Edges
    for port in endpoint.ports:
        allow(endpoint.clients, endpoint, port)
    allow(endpoint, cluster, NODE_PORT)
    for number, cidr in enumerate(settings.node_port_cidrs):
        allow(CidrBlock(f"office-{number}", cidr), cluster, NODE_PORT)
    allow(cluster, files, NFS)
    # Connections to a node port reach the pods with the address of a node.
    namespace.allow(cluster.vpc, shop.servers, PORT)
    for client in (shop.servers, shop.migration):
        if rds:
            namespace.allow(client, cluster.vpc, MYSQL)
            # They download the certificates of RDS's authorities.
            namespace.allow(client, ANYWHERE, HTTPS)
        if mysql:
            namespace.allow(client, mysql.pods, MYSQL)
    if rds:
        allow(cluster, rds, MYSQL)
    if mysql and dumps:
        namespace.allow(dumps.pods, mysql.pods, MYSQL)
        namespace.allow(dumps.pods, POD_IDENTITY_AGENT, HTTP)
        namespace.allow(dumps.pods, ANYWHERE, HTTPS)

    return outputs(
        shop,
        mysql,
        url=endpoint.url,
        node_port_urls=cluster.node_urls(NODE_PORT),
        kubeconfig=cluster.kubeconfig,
        kubeconfig_command=kubeconfig_command(cluster, settings.region),
        cluster_exports=cluster_exports(cluster, region=settings.region, pod_requests=pod_requests),
    )
