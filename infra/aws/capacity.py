"""Whether everything that is to run finds room on the nodes, before anything is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.aws.node_types import NODE_TYPES, NodeType
from infra.fault import Fault
from infra.kubernetes.demand import Demand

MOST_NODES = 20
# What EKS and its add-ons ask for, by their charts; of the EFS driver's, which ask for none, what they use.
SYSTEM = (
    Demand(name="aws-node", count=1, cpu=50, memory=0, on_each_node=True),
    Demand(name="kube-proxy", count=1, cpu=100, memory=0, on_each_node=True),
    Demand(name="eks-pod-identity-agent", count=1, cpu=0, memory=0, on_each_node=True),
    Demand(name="ebs-csi-node", count=1, cpu=30, memory=120, on_each_node=True),
    Demand(name="efs-csi-node", count=1, cpu=0, memory=60, on_each_node=True),
    Demand(name="coredns", count=2, cpu=100, memory=70),
    Demand(name="metrics-server", count=2, cpu=100, memory=200),
    Demand(name="ebs-csi-controller", count=2, cpu=60, memory=240),
    Demand(name="efs-csi-controller", count=2, cpu=0, memory=60),
)


@dataclass(kw_only=True)
class _Node:
    pods: int
    cpu: int
    memory: int

    def takes(self, demand: Demand) -> bool:
        return self.pods >= 1 and self.cpu >= demand.cpu and self.memory >= demand.memory

    def take(self, demand: Demand) -> None:
        self.pods, self.cpu, self.memory = self.pods - 1, self.cpu - demand.cpu, self.memory - demand.memory


def require(node_type: str, nodes: int, demands: Sequence[Demand], stack: str | None = None) -> None:
    """Raises Fault, with the numbers and the smallest choice that does, where not every pod finds room.

    Args:
        node_type: one of `NODE_TYPES`.
        nodes: how many of them there are.
        demands: of what runs, besides `SYSTEM`.
        stack: whose nodes they are; None for those of the stack itself.
    """
    left_out = unplaced(NODE_TYPES[node_type], nodes, demands)
    if not left_out:
        return
    offer, everything = NODE_TYPES[node_type], [*SYSTEM, *demands]
    raise Fault(
        f"{nodes} x {node_type} has no room for {', '.join(left_out)}",
        _remedy(demands, "" if stack is None else f" --stack {stack}"),
        [
            f"the nodes offer {_sum(nodes * offer.pods, nodes * offer.free_cpu, nodes * offer.free_memory)}",
            f"EKS's own take {_total(SYSTEM, nodes)}",
            f"what is to run asks for {_total(demands, nodes)}",
            f"together {_total(everything, nodes)}; a pod fits where one node has all that it asks for",
        ],
    )


def unplaced(offer: NodeType, nodes: int, demands: Sequence[Demand]) -> list[str]:
    """Give the pods that find no room, as `2 x flask`; each goes where most is left, as by the scheduler."""
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


def smallest(demands: Sequence[Demand]) -> tuple[str, int] | None:
    """Give the cheapest type and number of nodes, two at least, on which everything finds room."""
    choices = sorted(
        (nodes * offer.price, nodes, name)
        for name, offer in NODE_TYPES.items()
        for nodes in range(2, MOST_NODES + 1)
    )
    for _, nodes, name in choices:
        if not unplaced(NODE_TYPES[name], nodes, demands):
            return name, nodes
    return None


def _remedy(demands: Sequence[Demand], where: str) -> str:
    found = smallest(demands)
    if found is None:
        return "no choice of nodes does"
    name, nodes = found
    price = round(nodes * NODE_TYPES[name].price)
    return (
        f"the smallest choice that has is {nodes} x {name}, {price} USD a month: "
        f"pulumi config set{where} bookstore:nodeType {name} && "
        f"pulumi config set{where} bookstore:nodes {nodes}"
    )


def _total(demands: Sequence[Demand], nodes: int) -> str:
    counted = [(demand, demand.count * (nodes if demand.on_each_node else 1)) for demand in demands]
    return _sum(
        sum(count for _, count in counted),
        sum(count * demand.cpu for demand, count in counted),
        sum(count * demand.memory for demand, count in counted),
    )


def _sum(pods: int, cpu: int, memory: int) -> str:
    return f"{pods} pods, {cpu / 1000:.2f} processors, {memory} MiB"
