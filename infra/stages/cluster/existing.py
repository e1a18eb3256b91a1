"""A node port -> the BookStore's pods -> MySQL, on an existing cluster with its own storage classes."""

import pulumi
import pulumi_docker as docker
import pulumi_kubernetes as kubernetes

from infra.apps.bookstore.workload import NODE_PORT, PORT, BookStoreWorkload, BookStoreWorkloadArgs
from infra.components.kubernetes.mysql import PORT as MYSQL
from infra.components.kubernetes.mysql import Mysql, MysqlArgs
from infra.components.kubernetes.namespace import Namespace
from infra.components.kubernetes.network_policy import ANYWHERE
from infra.components.kubernetes.shared_volume import SharedVolume, SharedVolumeArgs, StorageClassVolume
from infra.config import CHECKOUT, Cluster
from infra.stages.cluster.outputs import NAMESPACE, Outputs, outputs


def deploy(settings: Cluster) -> Outputs:
    """Deploy the BookStore on the cluster of a kubeconfig."""
    k8s_provider = kubernetes.Provider(
        "cluster", kubeconfig=settings.kubeconfig, context=settings.kube_context
    )
    k8s_opts = pulumi.ResourceOptions(provider=k8s_provider)
    namespace = Namespace(NAMESPACE, k8s_opts)
    covers = SharedVolume(
        "covers",
        SharedVolumeArgs(
            namespace=namespace.name,
            source=StorageClassVolume(
                storage_class=settings.covers_storage_class or settings.storage_class,
                access_mode="ReadWriteMany" if settings.covers_storage_class else "ReadWriteOnce",
            ),
            size=5,
        ),
        k8s_opts,
    )
    mysql = Mysql(
        "mysql",
        MysqlArgs(
            namespace=namespace.name,
            db_name="bookstore",
            storage_class=settings.storage_class,
            volume_size=settings.mysql_volume_size,
        ),
        k8s_opts,
    )
    shop = BookStoreWorkload(
        "shop",
        BookStoreWorkloadArgs(
            namespace=namespace.name,
            image=_image(settings),
            database=mysql.connection,
            covers=covers.claim,
            trusted_proxies=0,
            order_timeout_minutes=settings.order_timeout_minutes,
        ),
        k8s_opts,
    )

    # Edges
    namespace.allow(ANYWHERE, shop.servers, PORT)
    for client in (shop.servers, shop.migration):
        namespace.allow(client, mysql.pods, MYSQL)

    url = f"http://{settings.node_address}:{NODE_PORT}"
    return outputs(
        shop,
        mysql,
        url=url,
        node_port_urls=[url],
        kubeconfig=pulumi.Output.secret(settings.kubeconfig),
        kubeconfig_command=f"export KUBECONFIG={settings.kubeconfig}",
    )


def _image(settings: Cluster) -> pulumi.Input[str]:
    """Return the image that is in the cluster or its registry, or build and push it."""
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
