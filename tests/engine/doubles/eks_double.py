"""pulumi-eks: components that register AWS resources with the double of AWS."""

# gRPC and its messages come without types.
# mypy: disable-error-code="import-untyped, no-untyped-call, misc"

import asyncio
import json
import os
import signal
import threading
from typing import Any

import grpc
import pulumi
import pulumi_aws as aws
import pulumi_eks  # noqa: F401  # knows how a reference to a cluster becomes a cluster
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from tests.engine.doubles.schema import Schema
from tests.engine.doubles.wire import SIGNATURE, read
from tools.engine.orphan import end_with_parent

SCHEMA = Schema("eks")
# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class Double(Provider):
    """The two components that the stages use."""

    def __init__(self) -> None:
        super().__init__(SCHEMA.version)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Any,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Create a cluster or a node group."""
        makers = {"eks:index:Cluster": _cluster, "eks:index:ManagedNodeGroup": _node_group}
        component = pulumi.ComponentResource(resource_type, name, None, options)
        return ConstructResult(component.urn, makers[resource_type](name, inputs, component))


class Servicer(ProviderServicer):
    """A servicer that refuses inputs that the SDK does not declare, and makes one component at a time."""

    def __init__(self, provider: Provider, engine: str) -> None:
        super().__init__(provider, [], engine)
        self._turn = asyncio.Lock()

    async def Construct(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make a component."""
        if faults := SCHEMA.kind(request.type).faults(_settled(read(request.inputs))):
            raise ValueError("; ".join(f"{place} {reason}" for place, reason in faults))
        async with self._turn:
            return await super().Construct(request, context)


def _settled(value: Any) -> Any:
    """Return the inputs without the marks of outputs, which only components get."""
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == OUTPUT:
        return _settled(value.get("value", UNKNOWN))
    return {key: _settled(inner) for key, inner in value.items()}


def _cluster(name: str, inputs: Any, parent: pulumi.Resource) -> dict[str, Any]:
    inside = pulumi.ResourceOptions(parent=parent)
    cluster = aws.eks.Cluster(
        f"{name}-eksCluster",
        name=inputs["name"],
        role_arn=pulumi.Output.from_input(inputs["serviceRole"]).apply(lambda role: role.arn),
        version=inputs.get("version"),
        enabled_cluster_log_types=inputs.get("enabledClusterLogTypes"),
        encryption_config=_encryption(inputs.get("encryptionConfigKeyArn")),
        vpc_config=aws.eks.ClusterVpcConfigArgs(
            subnet_ids=[*inputs["privateSubnetIds"], *inputs.get("publicSubnetIds", [])],
            endpoint_private_access=inputs.get("endpointPrivateAccess"),
            endpoint_public_access=inputs.get("endpointPublicAccess"),
            public_access_cidrs=inputs.get("publicAccessCidrs"),
        ),
        opts=inside,
    )
    kubeconfig = pulumi.Output.json_dumps(
        {"apiVersion": "v1", "kind": "Config", "clusters": [{"name": cluster.name}]}
    )
    return {
        "eksCluster": cluster,
        # The security group that EKS creates, where the component creates none.
        "clusterSecurityGroupId": cluster.vpc_config.cluster_security_group_id,
        "kubeconfig": kubeconfig.apply(json.loads),
        "kubeconfigJson": kubeconfig,
        "core": {"cluster": cluster, "kubeconfig": kubeconfig.apply(json.loads)},
    }


def _encryption(key: pulumi.Input[str] | None) -> aws.eks.ClusterEncryptionConfigArgs | None:
    if key is None:
        return None
    return aws.eks.ClusterEncryptionConfigArgs(
        provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key), resources=["secrets"]
    )


def _node_group(name: str, inputs: Any, parent: pulumi.Resource) -> dict[str, Any]:
    group = aws.eks.NodeGroup(
        name,
        cluster_name=inputs["clusterName"],
        node_role_arn=inputs["nodeRoleArn"],
        subnet_ids=inputs["subnetIds"],
        scaling_config=inputs["scalingConfig"],
        instance_types=inputs.get("instanceTypes"),
        ami_type=inputs.get("amiType"),
        launch_template=inputs.get("launchTemplate"),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return {"nodeGroup": group, "placementGroupName": ""}


def serve(engine: str) -> None:
    """Serve until the engine ends this process, or is gone.

    Args:
        engine: the engine's address.
    """

    async def main() -> None:
        server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(Double(), engine), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        print(port, flush=True)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        await asyncio.to_thread(end_with_parent, stop)
        os._exit(0)

    asyncio.run(main())
