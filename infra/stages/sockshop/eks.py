"""Internet -> CloudFront -> load balancer -> EKS: Sock Shop's 14 workloads -> RDS and EFS."""

from collections.abc import Mapping
from functools import partial

import pulumi

from infra.apps.sockshop.datastores import SockShopDatastores, SockShopDatastoresArgs
from infra.apps.sockshop.monitoring import deploy_monitoring
from infra.apps.sockshop.monitoring import pod_requests as monitoring_pod_requests
from infra.apps.sockshop.release import SockShopRelease, SockShopReleaseArgs
from infra.components.aws.ecr.repositories import EcrRepositories, EcrRepositoriesArgs
from infra.components.aws.eks.cluster import EksCluster
from infra.components.aws.eks.shared_cluster import ClusterExports, SharedCluster
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.network.edges import MYSQL, NFS, CidrBlock, allow
from infra.config import PROJECT, Sockshop
from infra.stages.platform import aws_options, eks_cluster, kubeconfig_command, node_port_endpoint
from infra.stages.sockshop.outputs import Outputs, outputs
from sockshop import images
from sockshop.monitoring import NAMESPACE as MONITORING
from sockshop.options import Options

FRONT_PAGE = HealthCheck(path="/")


def deploy(settings: Sockshop) -> Outputs:
    """Deploy Sock Shop on EKS: on a new cluster, or on the one of another stack."""
    cluster, region, aws_opts = _shared(settings) if settings.cluster == "stack" else _new(settings)
    endpoint = node_port_endpoint(
        "socks", settings, cluster, settings.node_port, health_check=FRONT_PAGE, opts=aws_opts
    )
    datastores = SockShopDatastores(
        "sock-shop",
        SockShopDatastoresArgs(
            network=cluster.network,
            rds=settings.catalogue_database == "rds",
            efs=settings.storage == "efs",
            instance_class=settings.rds_instance_class,
            backup_retention_period=settings.backup_retention_days,
            retain_data=settings.retain_data,
        ),
        aws_opts,
    )
    registry = EcrRepositories(
        "sock-shop",
        EcrRepositoriesArgs(repositories=[images.repository(image) for image in images.ALL]),
        aws_opts,
    )
    k8s_opts = pulumi.ResourceOptions(provider=cluster.provider)
    options = Options(
        node_port=settings.node_port,
        storage_class=cluster.storage_class,
        min_replicas=settings.replicas,
        catalogue_database=datastores.catalogue_database,
        efs=datastores.efs_volumes,
        images=_images(settings, registry),
        monitoring=MONITORING if settings.observability else None,
    )
    monitoring = deploy_monitoring(options, k8s_opts) if settings.observability else None
    shop = SockShopRelease(
        "sock-shop",
        SockShopReleaseArgs(options=options, administrator_password=datastores.administrator_password),
        k8s_opts,
    )
    cluster.require_room([*shop.pod_requests, *(monitoring_pod_requests() if monitoring else [])])

    # Edges; those between the shop's pods are the calls in `sockshop.services`.
    for port in endpoint.ports:
        allow(endpoint.clients, endpoint, port)
    allow(endpoint, cluster, settings.node_port)
    for number, cidr in enumerate(settings.node_port_cidrs):
        allow(CidrBlock(f"office-{number}", cidr), cluster, settings.node_port)
    if datastores.rds:
        allow(cluster, datastores.rds, MYSQL)
    if datastores.efs:
        allow(cluster, datastores.efs, NFS)

    return outputs(
        options,
        monitoring,
        node_port=settings.node_port,
        url=endpoint.url,
        kubeconfig=cluster.kubeconfig,
        kubeconfig_command=kubeconfig_command(cluster, region),
        registry=registry.address,
    )


def _new(settings: Sockshop) -> tuple[EksCluster, pulumi.Input[str], pulumi.ResourceOptions]:
    aws_opts = aws_options(settings.region)
    return eks_cluster("sock-shop", settings, aws_opts), settings.region, aws_opts


def _shared(settings: Sockshop) -> tuple[SharedCluster, pulumi.Input[str], pulumi.ResourceOptions]:
    stack = settings.cluster_stack
    if "/" not in stack:
        stack = f"{pulumi.get_organization()}/{PROJECT}/{stack}"
    exports = ClusterExports(stack)
    # The cluster's own region: rules for its nodes belong to its security group.
    aws_opts = aws_options(exports.region)
    return SharedCluster("cluster", exports, aws_opts), exports.region, aws_opts


def _images(settings: Sockshop, registry: EcrRepositories) -> Mapping[str, pulumi.Input[str]]:
    """Return the image to pull, by original image."""
    if settings.image_registry != "ecr":
        return images.pulled(settings.image_registry, {})
    return {image: registry.address.apply(partial(images.copy_of, image)) for image in images.ALL}
