"""A network with a NAT, and an EKS cluster in it: the base of a stage on Kubernetes in AWS."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.aws.eks.cluster import EksCluster, EksClusterArgs
from infra.components.aws.network.edges import HTTP, HTTPS
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs

AVAILABILITY_ZONES = 2


@dataclass(frozen=True, kw_only=True)
class EksPlatformArgs:
    """Arguments for `EksPlatform`.

    Args:
        nat: how the nodes reach the Internet.
        ami: of a NAT instance: an id, or the public SSM parameter that holds one.
        version: of Kubernetes, such as `1.34`; None takes AWS's default at the time of creation.
        node_instance_type: one of `NODE_TYPES`.
        node_count: how many nodes there are.
        public_access_cidrs: the ranges of addresses outside the network that reach the API server.
        administrators: ARNs of IAM roles and users that may do everything in it, besides its creator.
        retain_data: keep the volumes of claims when the claims are deleted.
    """

    nat: NatStrategy
    ami: str
    version: str | None
    node_instance_type: str
    node_count: int
    public_access_cidrs: Sequence[str]
    administrators: Sequence[str]
    retain_data: bool


class EksPlatform(pulumi.ComponentResource):
    """A network in two zones and a cluster whose nodes reach the Internet on the ports of HTTP and HTTPS."""

    network: Network
    cluster: EksCluster

    def __init__(self, name: str, args: EksPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:EksPlatform", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.network = Network(
            name, NetworkArgs(availability_zones=AVAILABILITY_ZONES, isolated_subnets=True), child_opts
        )
        nat = Nat(f"{name}-nat", NatArgs(network=self.network, strategy=args.nat, ami=args.ami), child_opts)
        self.cluster = EksCluster(
            f"{name}-cluster",
            EksClusterArgs(
                network=self.network,
                version=args.version,
                node_instance_type=args.node_instance_type,
                node_count=args.node_count,
                public_access_cidrs=args.public_access_cidrs,
                administrators=args.administrators,
                retain_data=args.retain_data,
            ),
            child_opts,
        )
        for port in (HTTP, HTTPS):
            nat.allow_egress(self.cluster, port)
        self.register_outputs({})
