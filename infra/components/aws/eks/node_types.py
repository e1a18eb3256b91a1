"""The instance types that nodes can have, and how much of each is left for pods."""

from dataclasses import dataclass

MAX_PODS = 110  # Kubernetes recommends no more on a machine with less than 30 processors


@dataclass(frozen=True, kw_only=True)
class NodeType:
    """An instance type of x86_64, as a node with Amazon Linux 2023.

    Args:
        processors: vCPUs.
        memory: in MiB, as the kernel reports it: less than the documentation says.
        interfaces: the maximum number of network interfaces.
        addresses: the maximum number of addresses per interface, its primary address included.
        price: in USD a month, on demand in us-east-1.
    """

    processors: int
    memory: int
    interfaces: int
    addresses: int
    price: float

    @property
    def pods(self) -> int:
        """Return how many pods a node takes with prefix delegation."""
        return min(MAX_PODS, self.interfaces * (self.addresses - 1) * 16 + 2)

    @property
    def free_cpu(self) -> int:
        """Return the processor time left for pods, in thousandths of a processor.

        https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/ and the AMI's own `kubeReserved`.
        """
        shares = ((0, 1, 0.06), (1, 2, 0.01), (2, 4, 0.005), (4, self.processors, 0.0025))
        reserved = (max(0, min(self.processors, high) - low) * share for low, high, share in shares)
        return 1000 * self.processors - sum(int(1000 * part) for part in reserved)

    @property
    def free_memory(self) -> int:
        """Return the memory left for pods, in MiB.

        The AMI reserves some for each pod that the addresses alone allow, and evicts pods below 100 MiB.
        """
        return self.memory - (255 + 11 * (self.interfaces * (self.addresses - 1) + 2)) - 100


# https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
NODE_TYPES = {
    "t3.micro": NodeType(processors=2, memory=916, interfaces=2, addresses=2, price=7.59),
    "t3.small": NodeType(processors=2, memory=1900, interfaces=3, addresses=4, price=15.18),
    "t3.medium": NodeType(processors=2, memory=3836, interfaces=3, addresses=6, price=30.37),
    "t3.large": NodeType(processors=2, memory=7800, interfaces=3, addresses=12, price=60.74),
    "t3.xlarge": NodeType(processors=4, memory=15700, interfaces=4, addresses=15, price=121.47),
    "t3a.small": NodeType(processors=2, memory=1900, interfaces=2, addresses=4, price=13.72),
    "t3a.medium": NodeType(processors=2, memory=3836, interfaces=3, addresses=6, price=27.45),
    "t3a.large": NodeType(processors=2, memory=7800, interfaces=3, addresses=12, price=54.90),
    "m5.large": NodeType(processors=2, memory=7720, interfaces=3, addresses=10, price=70.08),
    "m5.xlarge": NodeType(processors=4, memory=15500, interfaces=4, addresses=15, price=140.16),
}
