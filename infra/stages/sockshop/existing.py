"""A node port -> Sock Shop's 14 workloads, on an existing cluster with its own storage classes."""

import pulumi
import pulumi_kubernetes as kubernetes

from infra.apps.sockshop.monitoring import deploy_monitoring
from infra.apps.sockshop.release import SockShopRelease, SockShopReleaseArgs
from infra.config import Sockshop
from infra.stages.sockshop.outputs import Outputs, outputs
from sockshop import images
from sockshop.monitoring import NAMESPACE as MONITORING
from sockshop.options import Options


def deploy(settings: Sockshop) -> Outputs:
    """Deploy Sock Shop on the cluster of a kubeconfig; its edges are the calls in `sockshop.services`."""
    k8s_provider = kubernetes.Provider(
        "cluster", kubeconfig=settings.kubeconfig, context=settings.kube_context
    )
    k8s_opts = pulumi.ResourceOptions(provider=k8s_provider)
    options = Options(
        node_port=settings.node_port,
        storage_class=settings.storage_class,
        min_replicas=settings.replicas,
        images=images.pulled(settings.image_registry, {}),
        monitoring=MONITORING if settings.observability else None,
    )
    monitoring = deploy_monitoring(options, k8s_opts) if settings.observability else None
    SockShopRelease("sock-shop", SockShopReleaseArgs(options=options), k8s_opts)
    return outputs(
        options,
        monitoring,
        node_port=settings.node_port,
        url=f"http://{settings.node_address}:{settings.node_port}",
        kubeconfig=pulumi.Output.secret(settings.kubeconfig),
        kubeconfig_command=f"export KUBECONFIG={settings.kubeconfig}",
    )
