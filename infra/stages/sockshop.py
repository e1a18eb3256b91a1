"""Objective 4: a cluster -> Sock Shop's 14 workloads in a namespace of their own."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from infra.fault import Fault
from infra.kubernetes.monitoring import Monitoring, MonitoringArgs
from infra.kubernetes.sock_shop import SockShop, SockShopArgs
from infra.settings import PROJECT, Sockshop
from sockshop import monitoring
from sockshop.options import Options


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to look after the shop: commands to paste, and Grafana's password."""

    namespace: pulumi.Output[str]
    node_port: int
    browse: pulumi.Output[str]
    grafana: str
    grafana_password: pulumi.Output[str] | None


def deploy(settings: Sockshop) -> Outputs:
    """Run Sock Shop on a cluster that there is."""
    if settings.kubeconfig is None:
        raise Fault(
            f"{PROJECT}:kubeconfig is not set",
            f"name a file: pulumi config set {PROJECT}:kubeconfig ~/.kube/config",
        )
    here = pulumi.ResourceOptions(
        provider=k8s.Provider("cluster", kubeconfig=settings.kubeconfig, context=settings.kube_context)
    )
    options = Options(
        node_port=settings.node_port,
        storage_class=settings.storage_class,
        replicas=settings.replicas,
        registry=settings.image_registry,
        monitoring=monitoring.NAMESPACE if settings.observability else None,
    )
    watching = None
    if settings.observability:
        watching = Monitoring(
            "monitoring",
            MonitoringArgs(
                namespace=monitoring.NAMESPACE,
                chart=monitoring.CHART,
                version=monitoring.VERSION,
                repository=monitoring.REPOSITORY,
                values=lambda secret: monitoring.values(options.namespace, secret),
                dashboards=monitoring.dashboard_files(),
            ),
            here,
        )
    shop = SockShop("sock-shop", SockShopArgs(options=options), here)
    return Outputs(
        namespace=shop.namespace,
        node_port=settings.node_port,
        browse=pulumi.Output.concat(
            "kubectl --namespace ", shop.namespace, " port-forward service/front-end 8079:80"
        ),
        grafana=f"kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-grafana 3000:80"
        if watching
        else "",
        grafana_password=watching.password if watching else None,
    )
