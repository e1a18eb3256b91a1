"""Objective 3: the BookStore on Kubernetes, on EKS (`eks.py`) or on an existing cluster (`existing.py`)."""

from infra.config import Cluster
from infra.stages.cluster.outputs import Outputs

__all__ = ["Outputs", "deploy"]


def deploy(settings: Cluster) -> Outputs:
    """Deploy the BookStore on Kubernetes."""
    from infra.stages.cluster import eks, existing

    return eks.deploy(settings) if settings.cluster == "eks" else existing.deploy(settings)
