"""Where a stage on Kubernetes is at home in AWS: a network, its way out, and a cluster of EKS in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.aws.eks.cluster import EksCluster, EksClusterArgs
from infra.components.aws.network.edges import HTTP, HTTPS
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs

ZONES = 2


@dataclass(frozen=True, kw_only=True)
class EksPlatformArgs:
    """What premises are made of.

    Args:
        nat: how the nodes reach the Internet.
        machine_image: of the NAT machine, an id or the public SSM parameter that holds one.
        version: of Kubernetes, as `1.34`; None has AWS choose its default when the cluster is made.
        node_type: an instance type of x86_64.
        nodes: how many there are.
        api_from: ranges of addresses from which the API is reached besides the network itself.
        keep: leave the disks of claims in the account when the claims are deleted.
    """

    nat: NatStrategy
    machine_image: str
    version: str | None
    node_instance_type: str
    nodes: int
    public_access_cidrs: Sequence[str]
    keep: bool


class EksPlatform(pulumi.ComponentResource):
    """A network in two zones and a cluster whose nodes reach the Internet's websites."""

    cluster: EksCluster

    def __init__(self, name: str, args: EksPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:EksPlatform", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        network = Network(name, NetworkArgs(availability_zones=ZONES, isolated_subnets=True), child_opts)
        nat = Nat("nat", NatArgs(network=network, strategy=args.nat, ami=args.machine_image), child_opts)
        self.cluster = EksCluster(
            "cluster",
            EksClusterArgs(
                network=network,
                version=args.version,
                node_instance_type=args.node_instance_type,
                nodes=args.nodes,
                public_access_cidrs=args.public_access_cidrs,
                keep=args.keep,
            ),
            child_opts,
        )
        for port in (HTTP, HTTPS):
            nat.allow_egress(self.cluster, port)
        self.register_outputs({})
