"""What the stages on EKS have in common: provider, cluster, and an endpoint for a node port."""

from collections.abc import Sequence

import pulumi

from infra.components.aws.eks.cluster import EksCluster, EksClusterArgs
from infra.components.aws.eks.shared_cluster import AVAILABILITY_ZONES, SharedCluster
from infra.components.aws.endpoint.load_balancer import HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.network.edges import HTTP, HTTPS
from infra.components.aws.network.nat import Nat, NatArgs, NatStrategy
from infra.components.aws.network.network import Network, NetworkArgs
from infra.components.aws.provider import cloud
from infra.config import PROJECT
from infra.config.kubernetes import Kubernetes


def aws_options(region: pulumi.Input[str]) -> pulumi.ResourceOptions:
    """Return the options that place components in a region of AWS."""
    return cloud(region=region, emulator=None, tags={"Project": PROJECT, "Stack": pulumi.get_stack()})


def eks_cluster(name: str, settings: Kubernetes, aws_opts: pulumi.ResourceOptions) -> EksCluster:
    """Return a new cluster in a network of its own, whose nodes reach websites of the Internet."""
    network = Network(
        name, NetworkArgs(availability_zones=AVAILABILITY_ZONES, isolated_subnets=True), aws_opts
    )
    nat = Nat(
        f"{name}-nat",
        NatArgs(network=network, strategy=NatStrategy(settings.nat), ami=settings.ami),
        aws_opts,
    )
    cluster = EksCluster(
        f"{name}-cluster",
        EksClusterArgs(
            network=network,
            version=settings.kubernetes_version,
            node_instance_type=settings.node_instance_type,
            node_count=settings.node_count,
            public_access_cidrs=settings.public_access_cidrs,
            administrators=settings.administrators,
            retain_data=settings.retain_data,
        ),
        aws_opts,
    )
    # Drawn here rather than by the stage: nodes need it to join the cluster.
    for port in (HTTP, HTTPS):
        nat.allow_egress(cluster, port)
    return cluster


def node_port_endpoint(
    name: str,
    settings: Kubernetes,
    cluster: EksCluster | SharedCluster,
    port: int,
    *,
    health_check: HealthCheck,
    cached_paths: Sequence[str] = (),
    opts: pulumi.ResourceOptions,
) -> PublicEndpoint:
    """Return an endpoint that sends requests to a port of the cluster's nodes."""
    endpoint = PublicEndpoint(
        name,
        PublicEndpointArgs(
            network=cluster.network,
            domain=settings.domain,
            port=port,
            health_check=health_check,
            cached_paths=cached_paths,
            rate_limit=None,
        ),
        opts,
    )
    endpoint.load_balancer.attach(name, cluster.auto_scaling_group)
    return endpoint


def kubeconfig_command(cluster: EksCluster | SharedCluster, region: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return the command that adds the cluster to the user's kubeconfig."""
    return pulumi.Output.concat("aws eks update-kubeconfig --region ", region, " --name ", cluster.name)
