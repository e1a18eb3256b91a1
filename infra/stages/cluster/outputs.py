"""The outputs of the stage `cluster`."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.workload import PORT, SERVICE, BookStoreWorkload
from infra.components.kubernetes.kubectl import Kubectl
from infra.components.kubernetes.mysql import Mysql

NAMESPACE = "bookstore"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a user needs to visit and to operate the shop.

    `logs`, `migration_logs` and the outputs that end in `_command` are commands to paste into a shell.
    `kubeconfig` and `demo_accounts` are secrets. `cluster_exports` lets the stage `sockshop` use the cluster.
    """

    url: pulumi.Input[str]
    node_port_urls: pulumi.Input[list[str]]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]
    kubeconfig: pulumi.Output[str]
    kubeconfig_command: pulumi.Input[str]
    logs: str
    migration_logs: str
    get_all_command: str
    get_events_command: str
    port_forward_command: str
    top_pods_command: str
    mysql_command: str | None
    cluster_exports: pulumi.Output[str] | None


def outputs(
    shop: BookStoreWorkload,
    mysql: Mysql | None,
    *,
    url: pulumi.Input[str],
    node_port_urls: pulumi.Input[list[str]],
    kubeconfig: pulumi.Output[str],
    kubeconfig_command: pulumi.Input[str],
    cluster_exports: pulumi.Output[str] | None = None,
) -> Outputs:
    """Return the outputs: those that are given, and the commands that are the same on all clusters."""
    kubectl = Kubectl(NAMESPACE)
    return Outputs(
        url=url,
        node_port_urls=node_port_urls,
        demo_accounts=shop.demo_accounts,
        kubeconfig=kubeconfig,
        kubeconfig_command=kubeconfig_command,
        logs=kubectl.run(f"logs --selector app={shop.servers.app} --follow --prefix"),
        migration_logs=kubectl.run(f"logs job/{shop.migration.app}"),
        get_all_command=kubectl.get_all,
        get_events_command=kubectl.get_events,
        port_forward_command=kubectl.port_forward(SERVICE, PORT, PORT),
        top_pods_command=kubectl.run("top pods --containers"),
        mysql_command=None
        if mysql is None
        else kubectl.run(f"exec --stdin --tty statefulset/{mysql.pods.app} -- bash"),
        cluster_exports=cluster_exports,
    )
