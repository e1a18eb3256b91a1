"""Whether everything that is to run finds room on the nodes, before anything is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra import remedy
from infra.components.aws.eks.node_types import NODE_TYPES, NodeType
from infra.components.kubernetes.pod_requests import PodRequests
from infra.errors import DeploymentError

MOST_NODES = 20
# What EKS and its add-ons ask for, by their charts; of the EFS driver's, which ask for none, what they use.
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
    pods: int
    cpu: int
    memory: int

    def takes(self, demand: PodRequests) -> bool:
        return self.pods >= 1 and self.cpu >= demand.cpu and self.memory >= demand.memory

    def take(self, demand: PodRequests) -> None:
        self.pods, self.cpu, self.memory = self.pods - 1, self.cpu - demand.cpu, self.memory - demand.memory


def require(
    node_instance_type: str, nodes: int, demands: Sequence[PodRequests], stack: str | None = None
) -> None:
    """Refuse, with the numbers and the cheapest choice of nodes, pods that do not all fit on the nodes.

    Args:
        node_type: one of `NODE_TYPES`.
        nodes: how many of them there are.
        demands: of what runs, besides `SYSTEM`.
        stack: whose nodes they are; None for those of the stack itself.
    """
    left_out = unplaced(NODE_TYPES[node_instance_type], nodes, demands)
    if not left_out:
        return
    offer, everything = NODE_TYPES[node_instance_type], [*SYSTEM, *demands]
    raise DeploymentError(
        f"{nodes} x {node_instance_type} has no room for {', '.join(left_out)}",
        _remedy(demands, stack),
        [
            f"the nodes offer {_sum(nodes * offer.pods, nodes * offer.free_cpu, nodes * offer.free_memory)}",
            f"EKS's own take {_total(SYSTEM, nodes)}",
            f"what is to run asks for {_total(demands, nodes)}",
            f"together {_total(everything, nodes)}; a pod fits where one node has all that it asks for",
        ],
    )


def unplaced(offer: NodeType, nodes: int, demands: Sequence[PodRequests]) -> list[str]:
    """Return the pods that do not fit, as `2 x flask`; like the scheduler, place each where most is free."""
    room = [_Node(pods=offer.pods, cpu=offer.free_cpu, memory=offer.free_memory) for _ in range(nodes)]
    left_out: dict[str, int] = {}
    for demand in sorted([*SYSTEM, *demands], key=lambda demand: not demand.on_each_node):
        for number in range(demand.count * (nodes if demand.on_each_node else 1)):
            fitting = [node for node in room if node.takes(demand)]
            if demand.on_each_node:
                fitting = [node for node in fitting if node is room[number % nodes]]
            if fitting:
                max(fitting, key=lambda node: node.cpu / offer.free_cpu + node.memory / offer.memory).take(
                    demand
                )
            else:
                left_out[demand.name] = left_out.get(demand.name, 0) + 1
    return [f"{count} x {name}" for name, count in left_out.items()]


def smallest(demands: Sequence[PodRequests]) -> tuple[str, int] | None:
    """Return the cheapest type and number of nodes, two at least, on which everything finds room."""
    choices = sorted(
        (nodes * offer.price, nodes, name)
        for name, offer in NODE_TYPES.items()
        for nodes in range(2, MOST_NODES + 1)
    )
    for _, nodes, name in choices:
        if not unplaced(NODE_TYPES[name], nodes, demands):
            return name, nodes
    return None


def _remedy(demands: Sequence[PodRequests], stack: str | None) -> str:
    found = smallest(demands)
    if found is None:
        return "no choice of nodes does"
    name, nodes = found
    price = round(nodes * NODE_TYPES[name].price)
    larger = {"nodeInstanceType": name, "nodeCount": str(nodes)}
    return (
        f"the smallest choice that has is {nodes} x {name}, {price} USD a month: "
        f"{remedy.setting(stack, larger, other=stack is not None)}"
    )


def _total(demands: Sequence[PodRequests], nodes: int) -> str:
    counted = [(demand, demand.count * (nodes if demand.on_each_node else 1)) for demand in demands]
    return _sum(
        sum(count for _, count in counted),
        sum(count * demand.cpu for demand, count in counted),
        sum(count * demand.memory for demand, count in counted),
    )


def _sum(pods: int, cpu: int, memory: int) -> str:
    return f"{pods} pods, {cpu / 1000:.2f} processors, {memory} MiB"
