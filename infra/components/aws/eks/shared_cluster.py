"""A cluster of EKS that another stack has made: what that stack offers, and what is taken of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from infra.components.aws.eks import capacity
from infra.components.aws.eks.cluster import EksCluster
from infra.components.aws.eks.platform import ZONES
from infra.components.kubernetes.pod_requests import PodRequests
from infra.errors import DeploymentError

OFFER, KUBECONFIG = "for_other_stacks", "kubeconfig"  # the outputs of the stack


def offer(
    cluster: EksCluster, *, region: str, node_instance_type: str, nodes: int, demands: Sequence[PodRequests]
) -> pulumi.Output[str]:
    """Return what a stack says of its cluster, with what runs there, so that others may use what is left.

    It is JSON: from stack to stack, whole numbers would arrive as others.
    """
    return pulumi.Output.json_dumps(
        {
            "region": region,
            "vpc_id": cluster.network.vpc_id,
            "public_subnet_ids": cluster.network.public_subnet_ids,
            "isolated_subnet_ids": cluster.network.isolated_subnet_ids,
            "name": cluster.name,
            "security_group_id": cluster.security_group_id,
            "auto_scaling_group": cluster.auto_scaling_group,
            "storage_class": cluster.storage_class,
            "node_type": node_instance_type,
            "nodes": nodes,
            "demands": [asdict(demand) for demand in demands],
        }
    )


class ClusterExports:
    """What another stack says of its cluster, as `offer` has written it.

    Args:
        stack: the one that made it, as `organization/project/stack`.
    """

    region: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, stack: str) -> None:
        self._stack = stack
        outputs = pulumi.StackReference("cluster", stack_name=stack)
        self._found = outputs.get_output(OFFER).apply(self._read)
        self.region = self.text("region")
        self.kubeconfig = pulumi.Output.secret(outputs.get_output(KUBECONFIG))

    def require(self, demands: Sequence[PodRequests]) -> None:
        """Refuse pods for which the cluster has no room beside those of its own stack."""

        def check(found: Mapping[str, Any]) -> None:
            theirs = [PodRequests(**demand) for demand in found["demands"]]
            capacity.require(found["node_type"], found["nodes"], [*theirs, *demands], self._stack)

        self._found.apply(check)

    def text(self, key: str) -> pulumi.Output[str]:
        """Return one of the things that are said."""
        return self._found.apply(lambda found: str(found[key]))

    def texts(self, key: str) -> list[pulumi.Output[str]]:
        """Return what is said of each zone."""
        named: pulumi.Output[list[str]] = self._found.apply(lambda found: list(found[key]))
        return [named[zone] for zone in range(ZONES)]

    def _read(self, written: str | None) -> Mapping[str, Any]:
        if written is None:
            raise DeploymentError(
                f"the stack {self._stack} offers no cluster on EKS",
                f"deploy it with cluster=eks: pulumi up --stack {self._stack}",
            )
        found: Mapping[str, Any] = json.loads(written)
        return found


@dataclass(frozen=True, kw_only=True)
class SharedNetwork:
    """The network around the cluster, as `infra.components.aws.network.network.Site` describes it."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: Sequence[pulumi.Output[str]]
    isolated_subnet_ids: Sequence[pulumi.Output[str]]


@dataclass(frozen=True, kw_only=True)
class SharedClusterArgs:
    """Which cluster is shared."""

    offer: ClusterExports


class SharedCluster(pulumi.ComponentResource):
    """The cluster of another stack: an end for edges, a place for pods, a network for blocks beside it."""

    network: SharedNetwork
    name: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider
    storage_class: pulumi.Output[str]
    auto_scaling_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SharedClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:SharedCluster", name, None, opts)
        said = self._offer = args.offer
        self.network = SharedNetwork(
            vpc_id=said.text("vpc_id"),
            public_subnet_ids=said.texts("public_subnet_ids"),
            isolated_subnet_ids=said.texts("isolated_subnet_ids"),
        )
        self.storage_class = said.text("storage_class")
        self.auto_scaling_group = said.text("auto_scaling_group")
        self.security_group_id = said.text("security_group_id")
        self.name = said.text("name")
        self.kubeconfig = said.kubeconfig
        self.provider = kubernetes.Provider(
            name, kubeconfig=self.kubeconfig, opts=pulumi.ResourceOptions(parent=self)
        )
        self.register_outputs({"name": self.name, "security_group_id": self.security_group_id})

    def require(self, demands: Sequence[PodRequests]) -> None:
        """Refuse pods for which the cluster has no room beside those of its own stack."""
        self._offer.require(demands)
