"""A part of a cluster that is closed until somebody opens it."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking import v1 as networking

# Whom the cluster's DNS is served by, everywhere.
DNS = networking.NetworkPolicyPeerArgs(
    namespace_selector=LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": "kube-system"}),
    pod_selector=LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
)


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """What a namespace is made of.

    Args:
        name: as Kubernetes calls it.
    """

    name: str


class Namespace(pulumi.ComponentResource):
    """A namespace whose pods have no rights, reach nobody but the DNS and are reached by nobody.

    Pod Security `restricted` is enforced; the edges that a stage draws open the way.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Namespace", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        namespace = core.Namespace(
            name,
            metadata=ObjectMetaArgs(
                name=args.name,
                labels={
                    f"pod-security.kubernetes.io/{mode}": "restricted"
                    for mode in ("enforce", "audit", "warn")
                },
            ),
            opts=child_opts,
        )
        own = namespace.metadata.name.apply(str)
        networking.NetworkPolicy(
            f"{name}-closed",
            metadata=ObjectMetaArgs(name="closed", namespace=own),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
            ),
            opts=child_opts,
        )
        networking.NetworkPolicy(
            f"{name}-names",
            metadata=ObjectMetaArgs(name="names", namespace=own),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=LabelSelectorArgs(),
                policy_types=["Egress"],
                egress=[
                    networking.NetworkPolicyEgressRuleArgs(
                        to=[DNS],
                        ports=[
                            networking.NetworkPolicyPortArgs(protocol=protocol, port=53)
                            for protocol in ("UDP", "TCP")
                        ],
                    )
                ],
            ),
            opts=child_opts,
        )
        self.name = own
        self.register_outputs({"name": self.name})
