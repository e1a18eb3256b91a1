"""Objective 4: Internet -> CloudFront -> load balancer -> EKS: Sock Shop's 14 workloads -> RDS and EFS.

On a cluster that there is already, the same workloads with that cluster's own volumes.
"""

from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_kubernetes as kubernetes

from infra.apps.sockshop.datastores import SockShopDatastores, SockShopDatastoresArgs
from infra.apps.sockshop.release import SockShopRelease, SockShopReleaseArgs, demands, watchers
from infra.components.aws.ecr.repositories import EcrRepositories, EcrRepositoriesArgs
from infra.components.aws.eks import capacity
from infra.components.aws.eks.cluster import EksCluster
from infra.components.aws.eks.platform import EksPlatform, EksPlatformArgs
from infra.components.aws.eks.shared_cluster import ClusterExports, SharedCluster, SharedClusterArgs
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.network.edges import MYSQL, NFS, CidrBlock, allow
from infra.components.aws.network.nat import NatStrategy
from infra.components.aws.provider import cloud
from infra.components.kubernetes.monitoring import Monitoring, MonitoringArgs
from infra.config import PROJECT, Sockshop
from sockshop import images, monitoring
from sockshop.options import Options

FRONT_PAGE = HealthCheck(path="/")


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to look after the shop.

    `logs` and `look_around` are commands to paste; `kubeconfig` and `grafana_password` are secrets.
    `registry` is the stack's own, where it has one.
    """

    url: pulumi.Output[str]
    node_port: int
    kubeconfig: pulumi.Output[str]
    logs: pulumi.Output[str]
    look_around: pulumi.Output[dict[str, str]]
    registry: pulumi.Output[str] | None
    grafana_password: pulumi.Output[str] | None


def deploy(settings: Sockshop) -> Outputs:
    """Run Sock Shop."""
    return _on_a_cluster(settings) if settings.cluster == "kubeconfig" else _on_eks(settings)


def _on_eks(settings: Sockshop) -> Outputs:
    cluster, region, aws_opts = _shared(settings) if settings.cluster == "stack" else _own(settings)
    way_in = PublicEndpoint(
        "socks",
        PublicEndpointArgs(
            network=cluster.network,
            domain=settings.domain,
            port=settings.node_port,
            health_check=FRONT_PAGE,
            rate_limit=None,
        ),
        aws_opts,
    )
    way_in.load_balancer.attach("socks", cluster.auto_scaling_group)
    stores = SockShopDatastores(
        "sock-shop",
        SockShopDatastoresArgs(
            network=cluster.network,
            catalogue=settings.catalogue_database == "rds",
            files=settings.storage == "efs",
            size=settings.rds_instance_class,
            backup_retention_days=settings.backup_retention_days,
            keep=settings.retain_data,
        ),
        aws_opts,
    )
    registry = EcrRepositories(
        "sock-shop",
        EcrRepositoriesArgs(repositories=[images.repository(image) for image in images.ALL]),
        aws_opts,
    )
    chosen = Options(
        node_port=settings.node_port,
        storage_class=cluster.storage_class,
        replicas=settings.replicas,
        catalogue_database=stores.catalogue_database,
        shared_files=stores.shared_files,
        images=_copies(registry) if settings.image_registry == "ecr" else _pulled(settings),
        monitoring=_watching_namespace(settings),
    )
    _require_room(settings, cluster, chosen)
    child_opts = pulumi.ResourceOptions(provider=cluster.provider)
    watch = _watch(chosen, child_opts)
    shop = SockShopRelease(
        "sock-shop",
        SockShopReleaseArgs(options=chosen, administrator_password=stores.administrator_password),
        child_opts,
    )

    for port in way_in.ports:
        allow(way_in.clients, way_in, port)
    allow(way_in, cluster, settings.node_port)
    for number, addresses in enumerate(settings.node_port_cidrs):
        allow(CidrBlock(f"office-{number}", addresses), cluster, settings.node_port)
    if stores.catalogue is not None:
        allow(cluster, stores.catalogue, MYSQL)
    if stores.files is not None:
        allow(cluster, stores.files, NFS)

    return _outputs(
        settings,
        shop,
        watch,
        url=way_in.url,
        kubeconfig=cluster.kubeconfig,
        registry=registry.address,
        commands={
            "sign_in": pulumi.Output.concat(
                "aws eks update-kubeconfig --region ", region, " --name ", cluster.name
            ),
            "mirror": f"make mirror STACK={pulumi.get_stack()}",
        },
    )


def _on_a_cluster(settings: Sockshop) -> Outputs:
    child_opts = pulumi.ResourceOptions(
        provider=kubernetes.Provider("cluster", kubeconfig=settings.kubeconfig, context=settings.kube_context)
    )
    chosen = Options(
        node_port=settings.node_port,
        storage_class=settings.storage_class,
        replicas=settings.replicas,
        images=_pulled(settings),
        monitoring=_watching_namespace(settings),
    )
    watch = _watch(chosen, child_opts)
    return _outputs(
        settings,
        SockShopRelease("sock-shop", SockShopReleaseArgs(options=chosen), child_opts),
        watch,
        url=pulumi.Output.from_input(f"http://{settings.node_address}:{settings.node_port}"),
        kubeconfig=pulumi.Output.secret(settings.kubeconfig),
        registry=None,
        commands={"sign_in": f"export KUBECONFIG={settings.kubeconfig}"},
    )


def _own(settings: Sockshop) -> tuple[EksCluster, str, pulumi.ResourceOptions]:
    aws_opts = cloud(region=settings.region, emulator=None, tags=_tags())
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
    return premises.cluster, settings.region, aws_opts


def _shared(settings: Sockshop) -> tuple[SharedCluster, pulumi.Output[str], pulumi.ResourceOptions]:
    stack = settings.cluster_stack
    if "/" not in stack:
        stack = f"{pulumi.get_organization()}/{PROJECT}/{stack}"
    offer = ClusterExports(stack)
    # Where the cluster is: the rules that lead to its nodes belong to it, and are made there too.
    aws_opts = cloud(region=offer.region, emulator=None, tags=_tags())
    return SharedCluster("cluster", SharedClusterArgs(offer=offer), aws_opts), offer.region, aws_opts


def _tags() -> dict[str, str]:
    return {"Project": PROJECT, "Stack": pulumi.get_stack()}


def _require_room(settings: Sockshop, cluster: EksCluster | SharedCluster, chosen: Options) -> None:
    """Refuse nodes that are too small, of whichever stack they are."""
    asked = [*demands(chosen), *(watchers() if settings.observability else ())]
    if isinstance(cluster, SharedCluster):
        cluster.require(asked)
    else:
        capacity.require(settings.node_instance_type, settings.node_count, asked)


def _copies(registry: EcrRepositories) -> dict[str, pulumi.Output[str]]:
    return {image: registry.address.apply(partial(images.copy_of, image)) for image in images.ALL}


def _pulled(settings: Sockshop) -> dict[str, str]:
    return images.pulled(settings.image_registry, {})


def _watching_namespace(settings: Sockshop) -> str | None:
    return monitoring.NAMESPACE if settings.observability else None


def _watch(chosen: Options, child_opts: pulumi.ResourceOptions) -> Monitoring | None:
    if chosen.monitoring is None:
        return None
    return Monitoring(
        "monitoring",
        MonitoringArgs(
            namespace=chosen.monitoring,
            chart=monitoring.CHART,
            version=monitoring.VERSION,
            repository=monitoring.REPOSITORY,
            values=lambda secret: monitoring.values(chosen.namespace, secret),
            dashboards=monitoring.dashboard_files(),
        ),
        child_opts,
    )


def _outputs(
    settings: Sockshop,
    shop: SockShopRelease,
    watch: Monitoring | None,
    *,
    url: pulumi.Output[str],
    kubeconfig: pulumi.Output[str],
    registry: pulumi.Output[str] | None,
    commands: dict[str, pulumi.Input[str]],
) -> Outputs:
    kubectl = pulumi.Output.concat("kubectl --namespace ", shop.namespace)
    commands["everything"] = pulumi.Output.concat(
        kubectl, " get all,persistentvolumeclaims,networkpolicies --output wide"
    )
    commands["events"] = pulumi.Output.concat(kubectl, " get events --sort-by .lastTimestamp")
    commands["browse"] = pulumi.Output.concat(kubectl, " port-forward service/front-end 8079:80")
    if watch is not None:
        commands["grafana"] = (
            f"kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-grafana 3000:80"
        )
    return Outputs(
        url=url,
        node_port=settings.node_port,
        kubeconfig=kubeconfig,
        logs=pulumi.Output.concat(
            kubectl,
            " logs --selector app.kubernetes.io/part-of=sock-shop --prefix --follow --max-log-requests 60",
        ),
        look_around=pulumi.Output.all(**commands).apply(
            lambda found: {name: str(command) for name, command in found.items()}
        ),
        registry=registry,
        grafana_password=watch.password if watch is not None else None,
    )
