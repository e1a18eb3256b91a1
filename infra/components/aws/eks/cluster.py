"""A Kubernetes cluster on EKS, with its nodes in private subnets."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

from infra.components.aws.eks import capacity
from infra.components.aws.eks.add_ons import AFTER_NODES, BEFORE_NODES, MANAGED, AddOn
from infra.components.aws.eks.node_group import NodeGroup, NodeGroupArgs
from infra.components.aws.eks.pod_identity_role import PodIdentityRole, PodIdentityRoleArgs
from infra.components.aws.iam.grant import Grant
from infra.components.aws.iam.trust import trust_policy
from infra.components.aws.naming import unique_name
from infra.components.aws.network.network import VPC_CIDR, Network
from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.manifest import manifest
from infra.components.kubernetes.network_policy import IpBlock
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.ordering import after

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
STORAGE_CLASS = "gp3-encrypted"


@dataclass(frozen=True, kw_only=True)
class EksClusterArgs:
    """Arguments for `EksCluster`.

    Args:
        network: with private subnets in at least two zones, and a NAT.
        version: of Kubernetes, such as `1.34`; None takes AWS's default at the time of creation.
        node_instance_type: one of `NODE_TYPES`.
        node_count: how many nodes there are.
        public_access_cidrs: the ranges of addresses outside the network that reach the API server.
        administrators: ARNs of IAM roles and users that may do everything in it, besides its creator.
        retain_data: keep the volumes of claims when the claims are deleted.
    """

    network: Network
    version: str | None
    node_instance_type: str
    node_count: int
    public_access_cidrs: Sequence[str]
    administrators: Sequence[str]
    retain_data: bool


class EksCluster(pulumi.ComponentResource):
    """A cluster with one node group, add-ons for storage and metrics, and encrypted volumes by default.

    Secrets are encrypted with a KMS key of the stack. As an end of AWS edges, it stands for its nodes;
    `vpc` is the addresses of its network, as an end of edges in its namespaces.
    """

    network: Network
    vpc: IpBlock
    node_instance_type: str
    node_count: int
    name: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider
    storage_class: pulumi.Output[str]
    auto_scaling_group: pulumi.Output[str]
    node_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:EksCluster", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.network, self.vpc = args.network, IpBlock("network", (str(VPC_CIDR),))
        self.node_instance_type, self.node_count = args.node_instance_type, args.node_count
        key = aws.kms.Key(
            name,
            description=f"{name}: Secrets of Kubernetes",
            enable_key_rotation=True,
            deletion_window_in_days=7,
            opts=child_opts,
        )
        role = aws.iam.Role(name, assume_role_policy=trust_policy("eks"), opts=child_opts)
        aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=f"{MANAGED}AmazonEKSClusterPolicy", opts=child_opts
        )
        # Created before the cluster: a log group that EKS creates itself keeps its logs forever.
        cluster_name = unique_name(name, self)
        logs = aws.cloudwatch.LogGroup(
            name,
            name=pulumi.Output.concat("/aws/eks/", cluster_name, "/cluster"),
            retention_in_days=30,
            opts=child_opts,
        )
        self._eks = eks.Cluster(
            name,
            name=after(cluster_name, logs),
            service_role=role,
            vpc_id=args.network.vpc_id,
            private_subnet_ids=[subnet.id for subnet in args.network.private_subnets],
            version=args.version,
            # When a version's standard support ends, AWS upgrades the cluster: extended support costs six
            # times as much.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            authentication_mode=eks.AuthenticationMode.API,
            access_entries={
                str(number): _administrator(arn) for number, arn in enumerate(args.administrators)
            },
            endpoint_private_access=True,
            endpoint_public_access=True,
            public_access_cidrs=list(args.public_access_cidrs),
            enabled_cluster_log_types=list(LOGS),
            encryption_config_key_arn=key.arn,
            # Nodes and add-ons are created below; the nodes use the security group that EKS creates.
            skip_default_node_group=True,
            skip_default_security_groups=True,
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            opts=child_opts,
        )
        cluster = self._eks.eks_cluster
        self.name = cluster.name
        self.security_group_id = self._eks.cluster_security_group_id
        self.kubeconfig = pulumi.Output.secret(self._eks.kubeconfig_json)

        network = [self._add_on(add_on, []) for add_on in BEFORE_NODES]
        nodes = NodeGroup(
            f"{name}-nodes",
            NodeGroupArgs(
                cluster=self._eks,
                cluster_name=self.name,
                network=args.network,
                instance_type=args.node_instance_type,
                node_count=args.node_count,
            ),
            # Without the network add-on a node cannot assign addresses to pods, and never becomes ready.
            pulumi.ResourceOptions(parent=self, depends_on=network),
        )
        self.auto_scaling_group, self.node_group = nodes.auto_scaling_group, nodes.name
        add_ons = [self._add_on(add_on, [nodes.group]) for add_on in AFTER_NODES]

        self.provider = kubernetes.Provider(
            name,
            kubeconfig=self.kubeconfig,
            # On destroy, Kubernetes objects are deleted while nodes still exist to release them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[nodes.group, *add_ons]),
        )
        self.storage_class = self._storage_class(name, "Retain" if args.retain_data else "Delete")
        self.register_outputs(
            {
                "name": self.name,
                "kubeconfig": self.kubeconfig,
                "storage_class": self.storage_class,
                "auto_scaling_group": self.auto_scaling_group,
                "node_group": self.node_group,
                "security_group_id": self.security_group_id,
            }
        )

    def grant(self, namespace: str, service_account: str, grants: Sequence[Grant]) -> None:
        """Give the pods of a service account a role with these grants."""
        name = f"{self.pulumi_resource_name}-{service_account}"
        role = PodIdentityRole(name, PodIdentityRoleArgs(grants=grants), pulumi.ResourceOptions(parent=self))
        aws.eks.PodIdentityAssociation(
            name,
            cluster_name=self.name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _add_on(self, add_on: AddOn, after: Sequence[pulumi.Resource]) -> aws.eks.Addon:
        name = f"{self.pulumi_resource_name}-{add_on.name}"
        child_opts = pulumi.ResourceOptions(parent=self)
        roles = {
            account: PodIdentityRole(
                f"{self.pulumi_resource_name}-{account}",
                PodIdentityRoleArgs(managed_policy_arns=[policy]),
                child_opts,
            )
            for account, policy in add_on.roles.items()
        }
        return aws.eks.Addon(
            name,
            cluster_name=self.name,
            addon_name=add_on.name,
            configuration_values=json.dumps(add_on.configuration) if add_on.configuration else None,
            pod_identity_associations=[
                aws.eks.AddonPodIdentityAssociationArgs(service_account=account, role_arn=role.arn)
                for account, role in roles.items()
            ],
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )

    def node_urls(self, port: int) -> pulumi.Output[list[str]]:
        """Return a port's URL on each node, for clients in the network."""
        filters = self.node_group.apply(
            lambda name: [aws.ec2.GetInstancesFilterArgs(name="tag:eks:nodegroup-name", values=[name])]
        )
        nodes = aws.ec2.get_instances_output(filters=filters, opts=pulumi.InvokeOutputOptions(parent=self))
        return nodes.private_ips.apply(lambda addresses: [f"http://{each}:{port}" for each in addresses])

    def require_room(self, pod_requests: Sequence[PodRequests]) -> None:
        """Refuse pods that do not fit on the nodes."""
        capacity.require_room(self.node_instance_type, self.node_count, pod_requests)

    def _storage_class(self, name: str, reclaim_policy: str) -> pulumi.Output[str]:
        """Make encrypted gp3 volumes the cluster's default: EKS itself has none."""
        storage_class = manifest(
            "storage.k8s.io/v1",
            "StorageClass",
            STORAGE_CLASS,
            annotations={"storageclass.kubernetes.io/is-default-class": "true"},
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"},
            # A volume is created in the zone of the node that its pod is scheduled on.
            volumeBindingMode="WaitForFirstConsumer",
            allowVolumeExpansion=True,
            reclaimPolicy=reclaim_policy,
        )
        opts = pulumi.ResourceOptions(parent=self, provider=self.provider)
        return applied_name(apply(storage_class, opts, logical_name=name))


def _administrator(arn: str) -> eks.AccessEntryArgs:
    return eks.AccessEntryArgs(
        principal_arn=arn,
        access_policies={
            "administrator": eks.AccessPolicyAssociationArgs(
                policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            )
        },
    )
