"""What workloads ask of the nodes."""

from dataclasses import dataclass

from infra.components.kubernetes.pod_security import ContainerResources


@dataclass(frozen=True, kw_only=True)
class PodRequests:
    """Some pods that are alike.

    Args:
        name: of the workload.
        count: how many there are at most at a time, or on each node.
        cpu: promised to one, in thousandths of a processor.
        memory: promised to one, in MiB.
        on_each_node: whether `count` is that of each node.
    """

    name: str
    count: int
    cpu: int
    memory: int
    on_each_node: bool = False

    @classmethod
    def of(cls, name: str, size: ContainerResources, count: int = 1) -> "PodRequests":
        """Return the demand of pods whose largest container, or only one, has this size."""
        return cls(name=name, count=count, cpu=size.cpu, memory=size.memory)
