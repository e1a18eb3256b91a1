"""The settings of every stage on Kubernetes: a cluster on EKS, or one that there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.components.aws.eks.node_types import NODE_TYPES
from infra.components.aws.endpoint.domain import Route53
from infra.config.keys import PROJECT, StackConfig
from infra.config.monolith import IMAGE, NAME, UBUNTU
from infra.errors import DeploymentError

CLASS = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
VERSION = r"1\.\d{2}"
ARN = r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+"


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """The settings of every stage on Kubernetes: a cluster on EKS, or one that there is."""

    # On EKS
    region: str
    kubernetes_version: str | None
    node_instance_type: str
    nodes: int
    public_access_cidrs: Sequence[str]
    administrators: Sequence[str]
    node_port_cidrs: Sequence[str]
    nat: str
    ami: str
    rds_instance_class: str
    backup_retention_days: int
    retain_data: bool
    hosted_zone: str | None
    domain_name: str | None
    # On a cluster that there is
    kubeconfig: str
    kube_context: str | None
    storage_class: str | None
    node_address: str

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take from the stack's keys those settings that all stages on Kubernetes have."""
        keys.refuse_half("hostedZone", "domainName")
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            kubernetes_version=keys.pattern(
                "kubernetesVersion", VERSION, "", "a version such as 1.34, or nothing for AWS's default"
            )
            or None,
            node_instance_type=keys.choice("nodeInstanceType", "t3.medium", list(NODE_TYPES)),
            nodes=keys.number("nodes", 2, 1, 20),
            public_access_cidrs=keys.ranges("publicAccessCidrs") or ["0.0.0.0/0"],
            administrators=keys.patterns("administrators", ARN, "ARNs of IAM roles or users, with commas"),
            node_port_cidrs=keys.ranges("nodePortCidrs"),
            nat=keys.choice("nat", "instance", ["instance", "gateway", "gateways"]),
            ami=keys.pattern("ami", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"),
            rds_instance_class=keys.pattern(
                "rdsInstanceClass", r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.t3.micro", "an instance class of RDS"
            ),
            backup_retention_days=keys.number("backupRetentionDays", 14, 1, 35),
            retain_data=keys.flag("retainData", True),
            hosted_zone=keys.pattern("hostedZone", NAME, "", "a zone of the account, as example.com") or None,
            domain_name=keys.pattern("domainName", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            kubeconfig=_kubeconfig(keys) if keys.text("cluster", "eks") == "kubeconfig" else "",
            kube_context=keys.text("kubeContext", "") or None,
            storage_class=keys.pattern("storageClass", CLASS, "", "the name of a storage class, or nothing")
            or None,
            node_address=keys.pattern("nodeAddress", r"[\w.:-]+", "localhost", "an address or a name"),
        )

    @property
    def domain(self) -> Route53 | None:
        """Return the shop's own name; None has it take CloudFront's."""
        if self.hosted_zone is not None and self.domain_name is not None:
            return Route53(zone=self.hosted_zone, name=self.domain_name)
        return None


def _kubeconfig(keys: StackConfig) -> str:
    path = Path(keys.text("kubeconfig", "") or "~/.kube/config").expanduser()
    try:
        path.read_bytes()
    except OSError as failure:
        raise DeploymentError(
            f"{PROJECT}:kubeconfig is {path}, which cannot be read: {failure.strerror}",
            f"name the file that kubectl uses: pulumi config set {PROJECT}:kubeconfig PATH",
        ) from None
    return str(path)
