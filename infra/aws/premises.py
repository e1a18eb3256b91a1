"""Where a stage on Kubernetes is at home in AWS: a network, its way out, and a cluster of EKS in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.aws.edges import HTTP, HTTPS
from infra.aws.eks_cluster import EksCluster, EksClusterArgs
from infra.aws.nat import Nat, NatArgs, NatKind
from infra.aws.network import Network, NetworkArgs

ZONES = 2


@dataclass(frozen=True, kw_only=True)
class PremisesArgs:
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

    nat: NatKind
    machine_image: str
    version: str | None
    node_type: str
    nodes: int
    api_from: Sequence[str]
    keep: bool


class Premises(pulumi.ComponentResource):
    """A network in two zones and a cluster whose nodes reach the Internet's websites."""

    cluster: EksCluster

    def __init__(self, name: str, args: PremisesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Premises", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        network = Network(name, NetworkArgs(zones=ZONES, data=True), inside)
        nat = Nat("nat", NatArgs(network=network, kind=args.nat, image=args.machine_image), inside)
        self.cluster = EksCluster(
            "cluster",
            EksClusterArgs(
                network=network,
                version=args.version,
                node_type=args.node_type,
                nodes=args.nodes,
                api_from=args.api_from,
                keep=args.keep,
            ),
            inside,
        )
        for port in (HTTP, HTTPS):
            nat.carry(self.cluster, port)
        self.register_outputs({})
