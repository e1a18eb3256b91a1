"""A namespace that is closed until a stage draws edges in it."""

import pulumi

from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.network_policy import Peer, allow_dns, default_deny, edge
from infra.components.kubernetes.pod_security import restricted_namespace


class Namespace(pulumi.ComponentResource):
    """A namespace, called as the component, that enforces Pod Security `restricted`.

    Its pods reach nothing but the cluster's DNS, and nothing reaches them, until `allow` draws edges.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Namespace", name, None, opts)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.name = applied_name(apply(restricted_namespace(name), self._child_opts))
        for policy in (default_deny(self.name), allow_dns(self.name)):
            apply(policy, self._child_opts, logical_name=f"{name}-{policy['metadata']['name']}")
        self.register_outputs({"name": self.name})

    def allow(self, source: Peer, target: Peer, port: int) -> None:
        """Let the source open TCP connections to the target's port, by policies on both ends."""
        for policy in edge(self.name, source, target, port):
            apply(policy, self._child_opts)
