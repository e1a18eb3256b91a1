"""The settings of `sockshop`: Sock Shop on Kubernetes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.config.kubernetes import CLUSTER, Kubernetes
from infra.config.settings import RefusedError, matching
from infra.remedy import PROJECT

# As docker writes one, without a tag: registry.example:5000/sock-shop
REGISTRY = r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*"
STACK = r"[\w.-]+(/[\w.-]+/[\w.-]+)?"
ONLY_ON_AWS = {"catalogueDatabase": "rds", "storage": "efs", "imageRegistry": "ecr"}


class Sockshop(Kubernetes):
    """The settings of `sockshop`: Sock Shop on Kubernetes."""

    cluster: Annotated[
        Literal["eks", "stack", "kubeconfig"],
        Field(description=CLUSTER),
    ] = "eks"
    cluster_stack: Annotated[
        str,
        matching(STACK, "a stack's name, or organization/project/stack"),
        Field(description="Stack whose cluster is used, with `cluster: stack`"),
    ] = "cluster"
    catalogue_database: Annotated[
        Literal["pod", "rds"],
        Field(description="The catalogue's MySQL in a pod of the cluster, or on RDS (about 15 USD a month)"),
    ] = "pod"
    storage: Annotated[
        Literal["ebs", "efs"],
        Field(
            description="Storage of MongoDB: an EBS volume each, or a directory each of one EFS file system"
        ),
    ] = "ebs"
    image_registry: Annotated[
        str | None,
        matching(REGISTRY, "ecr, or where images are, as registry.example/sock-shop"),
        Field(
            description="Registry of the images: the stack's own (ecr, filled by `make mirror`), or another; "
            "empty: Docker Hub"
        ),
    ] = None
    node_port: Annotated[
        int, Field(ge=30000, le=32767, description="Port of every node at which the shop is reached")
    ] = 30001
    replicas: Annotated[
        int, Field(ge=1, le=10, description="Minimum number of pods of each stateless service")
    ] = 1
    observability: Annotated[
        bool, Field(description="Prometheus, Alertmanager and Grafana, with a dashboard and alerts")
    ] = False

    @model_validator(mode="after")
    def _aws_needs_aws(self) -> Self:
        chosen = {
            "catalogueDatabase": self.catalogue_database,
            "storage": self.storage,
            "imageRegistry": self.image_registry,
        }
        for key, value in ONLY_ON_AWS.items():
            if self.cluster == "kubeconfig" and chosen[key] == value:
                raise RefusedError(
                    f"{PROJECT}:{key} is {value}, which a cluster from a kubeconfig does not reach",
                    "take it back or have a cluster on AWS",
                    {key: None, "cluster": "eks"},
                )
        return self
