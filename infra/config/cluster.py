"""The settings of `cluster`: the BookStore on Kubernetes."""

from dataclasses import dataclass
from typing import Self

from infra.config.keys import PROJECT, StackConfig
from infra.config.kubernetes import CLASS, Kubernetes
from infra.errors import DeploymentError

REFERENCE = r"[a-z0-9][a-z0-9.:/@_-]*"


@dataclass(frozen=True, kw_only=True)
class Cluster(Kubernetes):
    """The settings of `cluster`: the BookStore on Kubernetes. Storage is in GiB."""

    cluster: str
    database: str
    order_timeout_minutes: int
    mysql_volume_size: int
    # On EKS
    build_image: bool
    # On a cluster that there is
    covers_storage_class: str | None
    image: str
    push_image: bool

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take the settings of `cluster` from the stack's keys."""
        cluster = keys.choice("cluster", "eks", ["eks", "kubeconfig"])
        database = keys.choice("database", "pod", ["pod", "rds"])
        if (cluster, database) == ("kubeconfig", "rds"):
            raise DeploymentError(
                f"{PROJECT}:database is rds, which a cluster outside of AWS does not reach",
                f"choose pod: pulumi config set {PROJECT}:database pod",
            )
        return cls(
            **vars(Kubernetes.read(keys)),
            cluster=cluster,
            database=database,
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
            mysql_volume_size=keys.number("mysqlVolumeSize", 10, 1, 1024),
            build_image=keys.flag("buildImage", True),
            covers_storage_class=keys.pattern(
                "coversStorageClass", CLASS, "", "the name of a storage class with ReadWriteMany, or nothing"
            )
            or None,
            image=keys.pattern("image", REFERENCE, "bookstore:latest", "the reference of an image"),
            push_image=keys.flag("pushImage", False),
        )
