"""Network policies: a namespace that is closed, and the edges that open it.

Both ends of an edge have a policy: the source may connect to the target, and the target accepts the source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.components.kubernetes.manifest import Manifest, manifest

# Every distribution of Kubernetes runs its DNS under these labels.
DNS: Manifest = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


@dataclass(frozen=True)
class Pods:
    """The pods of a namespace whose label `app` has this value."""

    app: str

    @property
    def labels(self) -> dict[str, str]:
        """Return the label that selects them."""
        return {"app": self.app}


@dataclass(frozen=True)
class IpBlock:
    """Addresses outside the namespace.

    Args:
        name: as in the stage's diagram; it becomes a part of the policies' names.
        cidrs: in CIDR notation.
    """

    name: str
    cidrs: Sequence[str]


ANYWHERE = IpBlock("anywhere", ("0.0.0.0/0",))
Peer = Pods | IpBlock


def network_policy(
    name: str,
    *,
    namespace: object,
    types: Sequence[str],
    pods: Mapping[str, str] | None = None,
    ingress: Sequence[Manifest] = (),
    egress: Sequence[Manifest] = (),
    labels: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a policy: of each of its types (`Ingress`, `Egress`) only what a rule allows gets through.

    Args:
        name: the policy's name.
        namespace: the policy's.
        types: the directions that it restricts.
        pods: the labels of the pods that it applies to; None for all pods of the namespace.
        ingress: its rules for incoming connections.
        egress: its rules for outgoing connections.
        labels: of the policy itself.
    """
    spec: Manifest = {
        "podSelector": {"matchLabels": dict(pods)} if pods is not None else {},
        "policyTypes": list(types),
    }
    if ingress:
        spec["ingress"] = list(ingress)
    if egress:
        spec["egress"] = list(egress)
    return manifest(
        "networking.k8s.io/v1", "NetworkPolicy", name, namespace=namespace, labels=labels, spec=spec
    )


def default_deny(namespace: object, labels: Mapping[str, str] | None = None) -> Manifest:
    """Return the policy that denies all pods every connection, in either direction."""
    return network_policy("default-deny", namespace=namespace, types=["Ingress", "Egress"], labels=labels)


def allow_dns(namespace: object, labels: Mapping[str, str] | None = None) -> Manifest:
    """Return the policy that lets all pods ask the cluster's DNS."""
    rule = {"to": [DNS], "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}
    return network_policy("allow-dns", namespace=namespace, types=["Egress"], egress=[rule], labels=labels)


def edge(namespace: object, source: Peer, target: Peer, port: int) -> list[Manifest]:
    """Return the policies, on both ends, that let the source open TCP connections to the target's port."""
    name = f"{_name(source)}-to-{_name(target)}-{port}"
    policies = []
    if isinstance(source, Pods):
        rule = {"to": _peers(target), "ports": [tcp(port)]}
        policies.append(
            network_policy(
                f"{name}-out", namespace=namespace, pods=source.labels, types=["Egress"], egress=[rule]
            )
        )
    if isinstance(target, Pods):
        rule = {"from": _peers(source), "ports": [tcp(port)]}
        policies.append(
            network_policy(
                f"{name}-in", namespace=namespace, pods=target.labels, types=["Ingress"], ingress=[rule]
            )
        )
    return policies


def tcp(port: int) -> Manifest:
    """Return a TCP port as rules have it."""
    return {"protocol": "TCP", "port": port}


def pods_peer(labels: Mapping[str, str]) -> Manifest:
    """Return pods of the same namespace as rules have them."""
    return {"podSelector": {"matchLabels": dict(labels)}}


def namespace_peer(name: str) -> Manifest:
    """Return all pods of another namespace as rules have them."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def ip_block_peer(cidr: object) -> Manifest:
    """Return a range of addresses as rules have it."""
    return {"ipBlock": {"cidr": cidr}}


def _name(peer: Peer) -> str:
    return peer.app if isinstance(peer, Pods) else peer.name


def _peers(peer: Peer) -> list[Manifest]:
    if isinstance(peer, Pods):
        return [pods_peer(peer.labels)]
    return [ip_block_peer(cidr) for cidr in peer.cidrs]
