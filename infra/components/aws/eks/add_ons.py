"""Add-ons that EKS installs in a cluster and updates."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MANAGED = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True, kw_only=True)
class AddOn:
    """An add-on, in the version that is AWS's default for the cluster's version of Kubernetes.

    Args:
        name: as in EKS's API.
        configuration: values that differ from the add-on's defaults.
        roles: the ARN of the managed policy that its pods need, by service account.
    """

    name: str
    configuration: Mapping[str, object] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)


# With prefix delegation a node assigns prefixes of sixteen addresses, and so holds more pods.
# https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
BEFORE_NODES = (
    AddOn(
        name="vpc-cni",
        configuration={
            "enableNetworkPolicy": "true",
            "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
        },
    ),
    AddOn(name="kube-proxy"),
    AddOn(name="eks-pod-identity-agent"),
)
AFTER_NODES = (
    AddOn(name="coredns"),
    AddOn(name="metrics-server"),
    AddOn(
        name="aws-ebs-csi-driver",
        roles={"ebs-csi-controller-sa": f"{MANAGED}service-role/AmazonEBSCSIDriverPolicy"},
    ),
    AddOn(
        name="aws-efs-csi-driver",
        # EKS refuses an association of `efs-csi-node-sa`, and mounting needs none.
        # https://github.com/kubernetes-sigs/aws-efs-csi-driver/issues/1759
        roles={"efs-csi-controller-sa": f"{MANAGED}service-role/AmazonEFSCSIDriverPolicy"},
    ),
)
