"""The settings of `sockshop`: Sock Shop on Kubernetes."""

from dataclasses import dataclass
from typing import Self

from infra.config.keys import PROJECT, StackConfig
from infra.config.kubernetes import Kubernetes
from infra.errors import DeploymentError

# As docker writes one, without a tag: registry.example:5000/sock-shop
REGISTRY = r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*"
STACK = r"[\w.-]+(/[\w.-]+/[\w.-]+)?"
ON_AWS_ALONE = {"catalogueDatabase": "rds", "storage": "efs", "imageRegistry": "ecr"}


@dataclass(frozen=True, kw_only=True)
class Sockshop(Kubernetes):
    """The settings of `sockshop`: Sock Shop on Kubernetes."""

    cluster: str
    cluster_stack: str
    catalogue_database: str
    storage: str
    image_registry: str | None
    node_port: int
    replicas: int
    observability: bool

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take the settings of `sockshop` from the stack's keys."""
        cluster = keys.choice("cluster", "eks", ["eks", "stack", "kubeconfig"])
        if cluster == "kubeconfig":
            _refuse_aws(keys)
        return cls(
            **vars(Kubernetes.read(keys)),
            cluster=cluster,
            cluster_stack=keys.pattern(
                "clusterStack", STACK, "cluster", "a stack's name, or organization/project/stack"
            ),
            catalogue_database=keys.choice("catalogueDatabase", "pod", ["pod", "rds"]),
            storage=keys.choice("storage", "ebs", ["ebs", "efs"]),
            image_registry=keys.pattern(
                "imageRegistry",
                REGISTRY,
                "",
                "ecr, where images are, as registry.example/sock-shop, or nothing",
            )
            or None,
            node_port=keys.number("nodePort", 30001, 30000, 32767),
            replicas=keys.number("replicas", 1, 1, 10),
            observability=keys.flag("observability", False),
        )


def _refuse_aws(keys: StackConfig) -> None:
    for key, value in ON_AWS_ALONE.items():
        if keys.text(key, "") == value:
            raise DeploymentError(
                f"{PROJECT}:{key} is {value}, which a cluster from a kubeconfig does not reach",
                f"take it back or have a cluster on AWS: pulumi config rm {PROJECT}:{key}, or "
                f"pulumi config set {PROJECT}:cluster eks",
            )
