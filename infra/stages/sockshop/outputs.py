"""The outputs of the stage `sockshop`."""

from dataclasses import dataclass

import pulumi

from infra.components.kubernetes.kubectl import Kubectl
from infra.components.kubernetes.monitoring import Monitoring
from sockshop.options import Options


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a user needs to visit and to operate the shop.

    `logs` and the outputs that end in `_command` are commands to paste into a shell. `kubeconfig` and
    `grafana_password` are secrets. `registry` is the stack's own, on EKS.
    """

    url: pulumi.Input[str]
    node_port: int
    kubeconfig: pulumi.Output[str]
    kubeconfig_command: pulumi.Input[str]
    logs: str
    get_all_command: str
    get_events_command: str
    port_forward_command: str
    registry: pulumi.Output[str] | None
    mirror_command: str | None
    grafana_command: str | None
    grafana_password: pulumi.Output[str] | None


def outputs(
    options: Options,
    monitoring: Monitoring | None,
    *,
    node_port: int,
    url: pulumi.Input[str],
    kubeconfig: pulumi.Output[str],
    kubeconfig_command: pulumi.Input[str],
    registry: pulumi.Output[str] | None = None,
) -> Outputs:
    """Return the outputs: those that are given, and the commands that are the same on all clusters."""
    kubectl = Kubectl(options.namespace)
    selector = "app.kubernetes.io/part-of=sock-shop"
    grafana = None
    if options.monitoring is not None:
        grafana = Kubectl(options.monitoring).port_forward("monitoring-grafana", 3000, 80)
    return Outputs(
        url=url,
        node_port=node_port,
        kubeconfig=kubeconfig,
        kubeconfig_command=kubeconfig_command,
        logs=kubectl.run(f"logs --selector {selector} --prefix --follow --max-log-requests 60"),
        get_all_command=kubectl.get_all,
        get_events_command=kubectl.get_events,
        port_forward_command=kubectl.port_forward("front-end", 8079, 80),
        registry=registry,
        mirror_command=None if registry is None else f"make mirror STACK={pulumi.get_stack()}",
        grafana_command=grafana,
        grafana_password=None if monitoring is None else monitoring.password,
    )
