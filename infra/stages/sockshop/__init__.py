"""Objective 4: Sock Shop on Kubernetes, on EKS (`eks.py`) or on an existing cluster (`existing.py`)."""

from infra.config import Sockshop
from infra.stages.sockshop.outputs import Outputs

__all__ = ["Outputs", "deploy"]


def deploy(settings: Sockshop) -> Outputs:
    """Deploy Sock Shop."""
    from infra.stages.sockshop import eks, existing

    return existing.deploy(settings) if settings.cluster == "kubeconfig" else eks.deploy(settings)
