"""The edges of the diagram inside a namespace: who may open a connection to whom, and on which port."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking import v1 as networking


@dataclass(frozen=True)
class Pods:
    """The pods that are called so by their label `app`."""

    app: str


@dataclass(frozen=True)
class Range:
    """Ranges of addresses outside the namespace.

    Args:
        name: what the diagram calls them.
        addresses: in CIDR notation.
    """

    name: str
    addresses: Sequence[str]


ANYWHERE = Range("anywhere", ("0.0.0.0/0",))
End = Pods | Range


def connect(
    namespace: pulumi.Input[str], source: End, target: End, port: int, opts: pulumi.ResourceOptions
) -> None:
    """Let the source open TCP connections to the target's port, by the matching policies on both ends."""
    name = f"{_name(source)}-to-{_name(target)}-{port}"
    ports = [networking.NetworkPolicyPortArgs(protocol="TCP", port=port)]
    if isinstance(source, Pods):
        networking.NetworkPolicy(
            f"{name}-out",
            metadata=ObjectMetaArgs(name=f"{name}-out", namespace=namespace),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=_selector(source),
                policy_types=["Egress"],
                egress=[networking.NetworkPolicyEgressRuleArgs(to=_peers(target), ports=ports)],
            ),
            opts=opts,
        )
    if isinstance(target, Pods):
        networking.NetworkPolicy(
            f"{name}-in",
            metadata=ObjectMetaArgs(name=f"{name}-in", namespace=namespace),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=_selector(target),
                policy_types=["Ingress"],
                ingress=[networking.NetworkPolicyIngressRuleArgs(from_=_peers(source), ports=ports)],
            ),
            opts=opts,
        )


def _name(end: End) -> str:
    return end.app if isinstance(end, Pods) else end.name


def _selector(pods: Pods) -> LabelSelectorArgs:
    return LabelSelectorArgs(match_labels={"app": pods.app})


def _peers(end: End) -> list[networking.NetworkPolicyPeerArgs]:
    if isinstance(end, Pods):
        return [networking.NetworkPolicyPeerArgs(pod_selector=_selector(end))]
    return [
        networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=addresses))
        for addresses in end.addresses
    ]
