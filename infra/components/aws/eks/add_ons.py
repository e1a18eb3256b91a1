"""What EKS itself installs in a cluster, and looks after."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MANAGED = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True, kw_only=True)
class AddOn:
    """One of EKS's add-ons, in the version that AWS takes by default for the cluster's.

    Args:
        name: as EKS calls it.
        configuration: what differs from its defaults.
        roles: by service account, the policy of AWS's own that its pods need.
    """

    name: str
    configuration: Mapping[str, object] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)


# With prefixes a node gives out sixteen addresses at a time, and holds more pods than it has addresses.
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
        roles={
            "efs-csi-controller-sa": f"{MANAGED}service-role/AmazonEFSCSIDriverPolicy",
            "efs-csi-node-sa": f"{MANAGED}service-role/AmazonEFSCSIDriverPolicy",
        },
    ),
)
