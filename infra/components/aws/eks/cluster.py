"""Kubernetes as a service: EKS, with its nodes in private subnets."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

from infra.components.aws.eks.add_ons import AFTER_NODES, BEFORE_NODES, MANAGED, AddOn
from infra.components.aws.eks.node_group import NodeGroup, NodeGroupArgs
from infra.components.aws.eks.pod_identity_role import PodIdentityRole, PodIdentityRoleArgs
from infra.components.aws.iam.grant import Grant
from infra.components.aws.iam.trust import trust_policy
from infra.components.aws.network.network import Network

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
STORAGE_CLASS = "gp3-encrypted"


@dataclass(frozen=True, kw_only=True)
class EksClusterArgs:
    """What a cluster is made of.

    Args:
        network: with private subnets in at least two zones, from which a NAT leads out.
        version: of Kubernetes, as `1.34`; None has AWS choose its default when the cluster is made.
        node_type: an instance type of x86_64.
        nodes: how many there are.
        api_from: ranges of addresses from which the API is reached besides the network itself.
        keep: leave the disks of claims in the account when the claims are deleted.
        administrators: ARNs of further roles or users who may do anything; whoever makes the cluster may.
    """

    network: Network
    version: str | None
    node_instance_type: str
    nodes: int
    public_access_cidrs: Sequence[str]
    keep: bool
    administrators: Sequence[str] = ()


class EksCluster(pulumi.ComponentResource):
    """EKS with one group of nodes, the add-ons that a shop needs and encrypted disks by default.

    Secrets are encrypted with a key of the stack's own. The stage draws the nodes' edges.
    """

    network: Network
    name: pulumi.Output[str]
    version: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    provider: kubernetes.Provider
    storage_class: pulumi.Output[str]
    auto_scaling_group: pulumi.Output[str]
    node_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:EksCluster", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.network = args.network
        key = aws.kms.Key(
            name,
            description=f"{name}: Kubernetes' secrets",
            enable_key_rotation=True,
            deletion_window_in_days=7,
            opts=child_opts,
        )
        role = aws.iam.Role(name, assume_role_policy=trust_policy("eks"), opts=child_opts)
        aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=f"{MANAGED}AmazonEKSClusterPolicy", opts=child_opts
        )
        # Before the cluster writes to it: EKS would keep its logs for ever.
        logs = aws.cloudwatch.LogGroup(
            name,
            name=pulumi.Output.concat("/aws/eks/", role.name, "/cluster"),
            retention_in_days=30,
            opts=child_opts,
        )
        self._eks = eks.Cluster(
            name,
            name=pulumi.Output.all(role.name, logs.id).apply(lambda found: str(found[0])),
            service_role=role,
            vpc_id=args.network.vpc_id,
            private_subnet_ids=[subnet.id for subnet in args.network.private_subnets],
            version=args.version,
            # At the end of a version's standard support AWS moves on to the next, rather than charge sixfold.
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
            # Nodes and add-ons are made below, and the nodes' security group is the one that EKS makes.
            skip_default_node_group=True,
            skip_default_security_groups=True,
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            opts=child_opts,
        )
        cluster = self._eks.eks_cluster
        self.name, self.version = cluster.name, cluster.version
        self.security_group_id = self._eks.cluster_security_group_id
        self.kubeconfig = pulumi.Output.secret(self._eks.kubeconfig_json)

        network = [self._add_on(add_on, []) for add_on in BEFORE_NODES]
        nodes = NodeGroup(
            f"{name}-nodes",
            NodeGroupArgs(
                cluster=self._eks,
                cluster_name=self.name,
                network=args.network,
                type=args.node_instance_type,
                count=args.nodes,
            ),
            # A node that starts before it can give pods an address never becomes ready.
            pulumi.ResourceOptions(parent=self, depends_on=network),
        )
        self.auto_scaling_group, self.node_group = nodes.auto_scaling_group, nodes.name
        add_ons = [self._add_on(add_on, [nodes.group]) for add_on in AFTER_NODES]

        self.provider = kubernetes.Provider(
            name,
            kubeconfig=self.kubeconfig,
            # What the shop consists of is taken down while there are nodes that can let go of it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[nodes.group, *add_ons]),
        )
        self.storage_class = self._storage_class(name, "Retain" if args.keep else "Delete")
        self.register_outputs(
            {
                "name": self.name,
                "version": self.version,
                "kubeconfig": self.kubeconfig,
                "storage_class": self.storage_class,
                "auto_scaling_group": self.auto_scaling_group,
                "node_group": self.node_group,
                "security_group_id": self.security_group_id,
            }
        )

    def grant(self, namespace: str, service_account: str, grants: Sequence[Grant]) -> None:
        """Let pods that run as a service account use AWS, with a role of their own."""
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
                f"{self.pulumi_resource_name}-{account}", PodIdentityRoleArgs(managed=[policy]), child_opts
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

    def _storage_class(self, name: str, afterwards: str) -> pulumi.Output[str]:
        """Make encrypted gp3 what a claim gets that names no class: EKS itself has no default."""
        return kubernetes.storage.v1.StorageClass(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORAGE_CLASS, annotations={"storageclass.kubernetes.io/is-default-class": "true"}
            ),
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"},
            # In the zone of the node that a pod is placed on, not in any before it is.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy=afterwards,
            opts=pulumi.ResourceOptions(parent=self, provider=self.provider),
        ).metadata.name.apply(str)


def _administrator(arn: str) -> eks.AccessEntryArgs:
    return eks.AccessEntryArgs(
        principal_arn=arn,
        access_policies={
            "everything": eks.AccessPolicyAssociationArgs(
                policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            )
        },
    )
