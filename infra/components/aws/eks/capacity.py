"""The check that all pods fit on the nodes, made before anything is deployed."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra import remedy
from infra.components.aws.eks.node_types import NODE_TYPES, NodeType
from infra.components.kubernetes.pod_requests import PodRequests
from infra.errors import DeploymentError

MAX_NODES = 20
# The requests of EKS and its add-ons, as in their charts; of the EFS driver, which requests nothing, its use.
SYSTEM = (
    PodRequests(name="aws-node", count=1, cpu=50, memory=0, on_each_node=True),
    PodRequests(name="kube-proxy", count=1, cpu=100, memory=0, on_each_node=True),
    PodRequests(name="eks-pod-identity-agent", count=1, cpu=0, memory=0, on_each_node=True),
    PodRequests(name="ebs-csi-node", count=1, cpu=30, memory=120, on_each_node=True),
    PodRequests(name="efs-csi-node", count=1, cpu=0, memory=60, on_each_node=True),
    PodRequests(name="coredns", count=2, cpu=100, memory=70),
    PodRequests(name="metrics-server", count=2, cpu=100, memory=200),
    PodRequests(name="ebs-csi-controller", count=2, cpu=60, memory=240),
    PodRequests(name="efs-csi-controller", count=2, cpu=0, memory=60),
)


@dataclass(kw_only=True)
class _Node:
    """What is still free on a node."""

    pods: int
    cpu: int
    memory: int

    def fits(self, pod: PodRequests) -> bool:
        return self.pods >= 1 and self.cpu >= pod.cpu and self.memory >= pod.memory

    def place(self, pod: PodRequests) -> None:
        self.pods, self.cpu, self.memory = self.pods - 1, self.cpu - pod.cpu, self.memory - pod.memory


def require_room(
    node_instance_type: str, node_count: int, pod_requests: Sequence[PodRequests], stack: str | None = None
) -> None:
    """Refuse pods that do not all fit on the nodes, with the numbers and the cheapest nodes on which they do.

    Args:
        node_instance_type: one of `NODE_TYPES`.
        node_count: how many nodes there are.
        pod_requests: of all pods but those of `SYSTEM`.
        stack: the stack that has the nodes; None for the current one.
    """
    left_out = unplaced(NODE_TYPES[node_instance_type], node_count, pod_requests)
    if not left_out:
        return
    node = NODE_TYPES[node_instance_type]
    offered = _sum(node_count * node.pods, node_count * node.free_cpu, node_count * node.free_memory)
    together = _total([*SYSTEM, *pod_requests], node_count)
    raise DeploymentError(
        f"{node_count} x {node_instance_type} has no room for {', '.join(left_out)}",
        _remedy(pod_requests, stack),
        [
            f"the nodes offer {offered}",
            f"the pods of EKS request {_total(SYSTEM, node_count)}",
            f"the other pods request {_total(pod_requests, node_count)}",
            f"together {together}; a pod fits where one node has all that it requests",
        ],
    )


def unplaced(node_type: NodeType, node_count: int, pod_requests: Sequence[PodRequests]) -> list[str]:
    """Return the pods that do not fit, as `2 x flask`.

    Like the scheduler, it places each pod on the node that has the most left.
    """
    nodes = [
        _Node(pods=node_type.pods, cpu=node_type.free_cpu, memory=node_type.free_memory)
        for _ in range(node_count)
    ]
    left_out: dict[str, int] = {}
    for pod in sorted([*SYSTEM, *pod_requests], key=lambda pod: not pod.on_each_node):
        for number in range(pod.count * (node_count if pod.on_each_node else 1)):
            fitting = [node for node in nodes if node.fits(pod)]
            if pod.on_each_node:
                fitting = [node for node in fitting if node is nodes[number % node_count]]
            if fitting:
                max(
                    fitting,
                    key=lambda node: node.cpu / node_type.free_cpu + node.memory / node_type.memory,
                ).place(pod)
            else:
                left_out[pod.name] = left_out.get(pod.name, 0) + 1
    return [f"{count} x {name}" for name, count in left_out.items()]


def smallest(pod_requests: Sequence[PodRequests]) -> tuple[str, int] | None:
    """Return the type and number of the cheapest nodes, two at least, on which all pods fit."""
    choices = sorted(
        (node_count * node_type.price, node_count, name)
        for name, node_type in NODE_TYPES.items()
        for node_count in range(2, MAX_NODES + 1)
    )
    for _, node_count, name in choices:
        if not unplaced(NODE_TYPES[name], node_count, pod_requests):
            return name, node_count
    return None


def _remedy(pod_requests: Sequence[PodRequests], stack: str | None) -> str:
    found = smallest(pod_requests)
    if found is None:
        return "no choice of nodes does"
    name, node_count = found
    larger = {"nodeInstanceType": name, "nodeCount": str(node_count)}
    price = round(node_count * NODE_TYPES[name].price)
    return (
        f"the smallest choice that has is {node_count} x {name}, {price} USD a month: "
        f"{remedy.setting(stack, larger, other=stack is not None)}"
    )


def _total(pod_requests: Sequence[PodRequests], node_count: int) -> str:
    counted = [(pod, pod.count * (node_count if pod.on_each_node else 1)) for pod in pod_requests]
    return _sum(
        sum(count for _, count in counted),
        sum(count * pod.cpu for pod, count in counted),
        sum(count * pod.memory for pod, count in counted),
    )


def _sum(pods: int, cpu: int, memory: int) -> str:
    return f"{pods} pods, {cpu / 1000:.2f} processors, {memory} MiB"
