"""The EC2 instances on which EKS runs pods."""

import base64
import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks

from infra.components.aws.compute.launch_template import imdsv2, root_volume
from infra.components.aws.eks.add_ons import MANAGED
from infra.components.aws.eks.node_types import NODE_TYPES
from infra.components.aws.iam.trust import trust_policy
from infra.components.aws.network.network import Network

VOLUME_SIZE = 30  # GiB
POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """Arguments for `NodeGroup`.

    Args:
        cluster: the one that they join.
        cluster_name: the cluster's name.
        network: the nodes are spread over its private subnets.
        instance_type: one of `NODE_TYPES`.
        node_count: how many nodes there are; during an update one more.
    """

    cluster: eks.Cluster
    cluster_name: pulumi.Input[str]
    network: Network
    instance_type: str
    node_count: int


class NodeGroup(pulumi.ComponentResource):
    """A managed node group with Amazon Linux 2023 and encrypted volumes.

    Pods cannot use the nodes' role: the instance metadata service does not answer them.
    """

    group: eks.ManagedNodeGroup
    name: pulumi.Output[str]
    auto_scaling_group: pulumi.Output[str]

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:NodeGroup", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("ec2"), opts=child_opts)
        policies = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy}", role=role.name, policy_arn=f"{MANAGED}{policy}", opts=child_opts
            )
            for policy in POLICIES
        ]
        template = aws.ec2.LaunchTemplate(
            name,
            metadata_options=imdsv2(),
            block_device_mappings=[root_volume(VOLUME_SIZE)],
            user_data=_user_data(NODE_TYPES[args.instance_type].pods),
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=resource, tags={"Name": name})
                for resource in ("instance", "volume")
            ],
            update_default_version=True,
            opts=child_opts,
        )
        self.group = eks.ManagedNodeGroup(
            name,
            cluster=args.cluster,
            cluster_name=args.cluster_name,
            node_role_arn=role.arn,
            subnet_ids=[subnet.id for subnet in args.network.private_subnets],
            instance_types=[args.instance_type],
            ami_type="AL2023_x86_64_STANDARD",
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                desired_size=args.node_count, min_size=args.node_count, max_size=args.node_count + 1
            ),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=policies),
        )
        group = self.group.node_group
        self.name = group.node_group_name
        self.auto_scaling_group = group.apply(_auto_scaling_group)
        self.register_outputs({"name": self.name, "auto_scaling_group": self.auto_scaling_group})


def _auto_scaling_group(group: aws.eks.NodeGroup) -> pulumi.Output[str]:
    return group.resources.apply(
        lambda resources: next(str(each.name) for part in resources for each in part.autoscaling_groups or ())
    )


def _user_data(pods: int) -> str:
    """Return user data with the maximum number of pods, which EKS merges with its own.

    https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
    """
    settings = {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"kubelet": {"config": {"maxPods": pods}}},
    }
    parts = (
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="//"',
        "",
        "--//",
        "Content-Type: application/node.eks.aws",
        "",
        json.dumps(settings),
        "--//--",
        "",
    )
    return base64.b64encode("\n".join(parts).encode()).decode()
