"""What pods request of the nodes, for the check whether all of them fit."""

from dataclasses import dataclass

from infra.components.kubernetes.container import ContainerResources


@dataclass(frozen=True, kw_only=True)
class PodRequests:
    """The requests of pods that are alike.

    Args:
        name: the workload's.
        count: how many of them run at a time, at most; with `on_each_node`, per node.
        cpu: one pod's request, in thousandths of a processor.
        memory: one pod's request, in MiB.
        on_each_node: whether they are pods of a DaemonSet.
    """

    name: str
    count: int
    cpu: int
    memory: int
    on_each_node: bool = False

    @classmethod
    def of(cls, name: str, resources: ContainerResources, count: int = 1) -> "PodRequests":
        """Return the requests of pods whose only or largest container has these resources."""
        return cls(name=name, count=count, cpu=resources.cpu_request, memory=resources.memory_request)
