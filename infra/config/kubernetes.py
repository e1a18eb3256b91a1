"""The settings of every stage on Kubernetes: EKS, or a cluster that exists."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, field_validator

from infra.components.aws.eks.node_types import NODE_TYPES
from infra.config.settings import ENCRYPTED, PATH, STORAGE_CLASS, Arns, Cidrs, RefusedError, matching, one_of
from infra.config.shared import Data, HostedZone, Nat, Rds, Region
from infra.remedy import PROJECT

if TYPE_CHECKING:
    from infra.components.aws.endpoint.domain import Route53

CLUSTER = (
    "Kubernetes cluster: `eks` creates one, `kubeconfig` uses an existing one, such as kind's, and `stack` "
    "(only in sockshop) the one of another stack"
)


class Kubernetes(HostedZone, Rds, Data, Nat, Region):
    """The settings of every stage on Kubernetes: EKS, or a cluster that exists."""

    # On EKS
    kubernetes_version: Annotated[
        str | None,
        matching(r"1\.\d{2}", "a version such as 1.34", "1.34"),
        Field(description="Kubernetes version of EKS; empty: AWS's default when the cluster is created"),
    ] = None
    node_instance_type: Annotated[
        str,
        one_of(*NODE_TYPES),
        Field(description="Instance type of the nodes; a preview refuses nodes without room for all pods"),
    ] = "t3.medium"
    node_count: Annotated[int, Field(ge=1, le=20, description="Number of nodes")] = 2
    public_access_cidrs: Annotated[
        Cidrs,
        Field(description="Addresses from which the Kubernetes API is reached; empty: all, with credentials"),
    ] = ("0.0.0.0/0",)
    administrators: Annotated[
        Arns,
        Field(description="IAM roles or users that administer the cluster, besides the one that creates it"),
    ] = ()
    node_port_cidrs: Annotated[
        Cidrs, Field(description="Addresses that may use the shop's node port, besides the load balancer")
    ] = ()
    # On a cluster that exists
    kubeconfig: Annotated[
        str,
        PATH,
        Field(
            validate_default=True,
            description="Kubeconfig file; empty: the first existing file of $KUBECONFIG, else ~/.kube/config",
        ),
    ] = ""
    kube_context: Annotated[
        str | None, Field(description="Context in the kubeconfig; empty: its current context")
    ] = None
    storage_class: Annotated[
        str | None,
        STORAGE_CLASS,
        Field(description="Storage class of the volumes; empty: the cluster's default"),
    ] = None
    node_address: Annotated[
        str,
        matching(r"[\w.:-]+", "an address or a host name"),
        Field(description="Address at which the nodes' ports are reached"),
    ] = "localhost"

    @field_validator("kubeconfig", mode="before")
    @classmethod
    def _path(cls, written: Any) -> Any:
        """Return the file that kubectl would take."""
        if written is ENCRYPTED:
            return written
        named = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
        existing = [part for part in named if Path(part).is_file()]
        file = written or next(iter(existing or named), "~/.kube/config")
        try:
            return str(Path(file).expanduser())
        except RuntimeError:
            raise RefusedError(
                f"{PROJECT}:kubeconfig is {file}, and that user does not exist",
                "name the file that kubectl uses",
                {"kubeconfig": "PATH"},
            ) from None

    @property
    def domain(self) -> "Route53 | None":
        """Return the shop's own domain name; None has it take CloudFront's."""
        return self.route53

    def require_kubeconfig(self) -> None:
        """Raise RefusedError when the kubeconfig cannot be read."""
        try:
            Path(self.kubeconfig).read_bytes()
        except OSError as failure:
            source = f"{PROJECT}:kubeconfig" if "kubeconfig" in self.model_fields_set else "the kubeconfig"
            raise RefusedError(
                f"{source} is {self.kubeconfig}, which cannot be read: {failure.strerror}",
                "name the file that kubectl uses",
                {"kubeconfig": "PATH"},
            ) from None
