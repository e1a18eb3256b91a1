"""An EKS cluster that belongs to another stack: what that stack exports, and how this one uses it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from infra.components.aws.eks import capacity
from infra.components.aws.eks.cluster import EksCluster
from infra.components.kubernetes.pod_requests import PodRequests
from infra.errors import DeploymentError

EXPORTS, KUBECONFIG = "cluster_exports", "kubeconfig"  # names of the stack's outputs
# Of every cluster that this project makes: EKS needs two, and the exports name each one.
AVAILABILITY_ZONES = 2


def cluster_exports(
    cluster: EksCluster, *, region: str, pod_requests: Sequence[PodRequests]
) -> pulumi.Output[str]:
    """Return what other stacks need in order to use the cluster beside the pods of this one.

    It is JSON, since stack references turn whole numbers into floats.
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
            "node_instance_type": cluster.node_instance_type,
            "node_count": cluster.node_count,
            "pod_requests": [asdict(each) for each in pod_requests],
        }
    )


class ClusterExports:
    """The outputs of another stack, as `cluster_exports` writes them.

    Args:
        stack: the other stack, as `organization/project/stack`.
    """

    region: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, stack: str) -> None:
        self._stack = stack
        outputs = pulumi.StackReference("cluster", stack_name=stack)
        self._exports = outputs.get_output(EXPORTS).apply(self._parse)
        self.region = self.text("region")
        self.kubeconfig = pulumi.Output.secret(outputs.get_output(KUBECONFIG))

    def require_room(self, pod_requests: Sequence[PodRequests]) -> None:
        """Refuse pods that do not fit on the nodes beside those of the other stack."""

        def check(exports: Mapping[str, Any]) -> None:
            others = [PodRequests(**each) for each in exports["pod_requests"]]
            capacity.require_room(
                exports["node_instance_type"], exports["node_count"], [*others, *pod_requests], self._stack
            )

        self._exports.apply(check)

    def text(self, key: str) -> pulumi.Output[str]:
        """Return one value."""
        return self._exports.apply(lambda exports: str(exports[key]))

    def texts(self, key: str) -> list[pulumi.Output[str]]:
        """Return a list with one value per availability zone."""
        values: pulumi.Output[list[str]] = self._exports.apply(lambda exports: list(exports[key]))
        return [values[zone] for zone in range(AVAILABILITY_ZONES)]

    def _parse(self, written: str | None) -> Mapping[str, Any]:
        if written is None:
            raise DeploymentError(
                f"the stack {self._stack} has no cluster on EKS to share",
                f"deploy it with cluster=eks: pulumi up --stack {self._stack}",
            )
        exports: Mapping[str, Any] = json.loads(written)
        return exports


@dataclass(frozen=True, kw_only=True)
class SharedNetwork:
    """The network of the cluster: a `NetworkRef`."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: Sequence[pulumi.Output[str]]
    isolated_subnet_ids: Sequence[pulumi.Output[str]]


class SharedCluster(pulumi.ComponentResource):
    """The cluster of another stack. As an end of edges, it stands for its nodes."""

    network: SharedNetwork
    name: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider
    storage_class: pulumi.Output[str]
    auto_scaling_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, exports: ClusterExports, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:SharedCluster", name, None, opts)
        self._exports = exports
        self.network = SharedNetwork(
            vpc_id=exports.text("vpc_id"),
            public_subnet_ids=exports.texts("public_subnet_ids"),
            isolated_subnet_ids=exports.texts("isolated_subnet_ids"),
        )
        self.storage_class = exports.text("storage_class")
        self.auto_scaling_group = exports.text("auto_scaling_group")
        self.security_group_id = exports.text("security_group_id")
        self.name = exports.text("name")
        self.kubeconfig = exports.kubeconfig
        self.provider = kubernetes.Provider(
            name, kubeconfig=self.kubeconfig, opts=pulumi.ResourceOptions(parent=self)
        )
        self.register_outputs({"name": self.name, "security_group_id": self.security_group_id})

    def require_room(self, pod_requests: Sequence[PodRequests]) -> None:
        """Refuse pods that do not fit on the nodes beside those of the other stack."""
        self._exports.require_room(pod_requests)
