"""The settings of every stage on Kubernetes: a cluster on EKS, or one that there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.aws.domain import Route53
from infra.aws.node_types import NODE_TYPES
from infra.fault import Fault
from infra.settings.keys import PROJECT, Keys
from infra.settings.monolith import IMAGE, NAME, UBUNTU

CLASS = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
VERSION = r"1\.\d{2}"


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """The settings of every stage on Kubernetes: a cluster on EKS, or one that there is."""

    # On EKS
    region: str
    kubernetes_version: str | None
    node_type: str
    nodes: int
    api_from: Sequence[str]
    node_port_from: Sequence[str]
    nat: str
    machine_image: str
    rds_class: str
    backup_days: int
    keep_data: bool
    route53_zone: str | None
    route53_name: str | None
    # On a cluster that there is
    kubeconfig: str
    kube_context: str | None
    storage_class: str | None
    node_address: str

    @classmethod
    def read(cls, keys: Keys) -> Self:
        """Take from the stack's keys those settings that all stages on Kubernetes have."""
        keys.refuse_half("route53Zone", "route53Name")
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            kubernetes_version=keys.pattern(
                "kubernetesVersion", VERSION, "", "a version such as 1.34, or nothing for AWS's default"
            )
            or None,
            node_type=keys.choice("nodeType", "t3.medium", list(NODE_TYPES)),
            nodes=keys.number("nodes", 2, 1, 20),
            api_from=keys.ranges("apiFrom") or ["0.0.0.0/0"],
            node_port_from=keys.ranges("nodePortFrom"),
            nat=keys.choice("nat", "instance", ["instance", "gateway", "gateways"]),
            machine_image=keys.pattern(
                "machineImage", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"
            ),
            rds_class=keys.pattern(
                "rdsClass", r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.t3.micro", "an instance class of RDS"
            ),
            backup_days=keys.number("backupDays", 14, 1, 35),
            keep_data=keys.flag("keepData", True),
            route53_zone=keys.pattern("route53Zone", NAME, "", "a zone of the account, as example.com")
            or None,
            route53_name=keys.pattern("route53Name", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            kubeconfig=_kubeconfig(keys) if keys.text("cluster", "eks") == "kubeconfig" else "",
            kube_context=keys.text("kubeContext", "") or None,
            storage_class=keys.pattern("storageClass", CLASS, "", "the name of a storage class, or nothing")
            or None,
            node_address=keys.pattern("nodeAddress", r"[\w.:-]+", "localhost", "an address or a name"),
        )

    @property
    def domain(self) -> Route53 | None:
        """Give the shop's own name; None has it take CloudFront's."""
        if self.route53_zone is not None and self.route53_name is not None:
            return Route53(zone=self.route53_zone, name=self.route53_name)
        return None


def _kubeconfig(keys: Keys) -> str:
    path = Path(keys.text("kubeconfig", "") or "~/.kube/config").expanduser()
    try:
        path.read_bytes()
    except OSError as failure:
        raise Fault(
            f"{PROJECT}:kubeconfig is {path}, which cannot be read: {failure.strerror}",
            f"name the file that kubectl uses: pulumi config set {PROJECT}:kubeconfig PATH",
        ) from None
    return str(path)
