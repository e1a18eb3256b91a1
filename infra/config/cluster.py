"""The settings of `cluster`: the BookStore on Kubernetes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.config.kubernetes import CLUSTER, Kubernetes
from infra.config.settings import STORAGE_CLASS, RefusedError, matching
from infra.config.shared import BUILD_IMAGE, OrderTimeout
from infra.remedy import PROJECT


class Cluster(OrderTimeout, Kubernetes):
    """The settings of `cluster`: the BookStore on Kubernetes. Storage is in GiB."""

    cluster: Annotated[
        Literal["eks", "kubeconfig"],
        Field(description=CLUSTER),
    ] = "eks"
    database: Annotated[
        Literal["pod", "rds"],
        Field(description="MySQL in a pod of the cluster, or on RDS (about 15 USD a month)"),
    ] = "pod"
    mysql_volume_size: Annotated[
        int,
        Field(ge=1, le=1024, description="Size of MySQL's volume, GiB; it can grow, never shrink"),
    ] = 10
    # On EKS
    build_image: Annotated[bool, Field(description=BUILD_IMAGE)] = True
    # On a cluster that exists
    covers_storage_class: Annotated[
        str | None,
        STORAGE_CLASS,
        Field(
            description="Storage class with ReadWriteMany for cover pictures; empty: `storageClass`, with "
            "all pods of the shop on one node"
        ),
    ] = None
    image: Annotated[
        str,
        matching(r"[a-z0-9][a-z0-9.:/@_-]*", "the reference of an image"),
        Field(description="Container image of the shop: one that the cluster has, or where to push it"),
    ] = "bookstore:latest"
    push_image: Annotated[
        bool, Field(description="Build the container image here and push it to where `image` says")
    ] = False

    @model_validator(mode="after")
    def _rds_needs_aws(self) -> Self:
        if (self.cluster, self.database) == ("kubeconfig", "rds"):
            raise RefusedError(
                f"{PROJECT}:database is rds, which a cluster outside of AWS does not reach",
                "choose pod",
                {"database": "pod"},
            )
        return self
