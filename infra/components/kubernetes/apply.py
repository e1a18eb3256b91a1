"""Manifests as Pulumi resources."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol, cast

import pulumi
import pulumi_kubernetes as k8s

from infra.components.kubernetes.manifest import Manifest

KINDS: Mapping[tuple[str, str], Callable[..., pulumi.CustomResource]] = {
    ("apps/v1", "Deployment"): k8s.apps.v1.Deployment,
    ("apps/v1", "StatefulSet"): k8s.apps.v1.StatefulSet,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): k8s.autoscaling.v2.HorizontalPodAutoscaler,
    ("batch/v1", "CronJob"): k8s.batch.v1.CronJob,
    ("batch/v1", "Job"): k8s.batch.v1.Job,
    ("networking.k8s.io/v1", "NetworkPolicy"): k8s.networking.v1.NetworkPolicy,
    ("policy/v1", "PodDisruptionBudget"): k8s.policy.v1.PodDisruptionBudget,
    ("storage.k8s.io/v1", "StorageClass"): k8s.storage.v1.StorageClass,
    ("v1", "ConfigMap"): k8s.core.v1.ConfigMap,
    ("v1", "Namespace"): k8s.core.v1.Namespace,
    ("v1", "PersistentVolume"): k8s.core.v1.PersistentVolume,
    ("v1", "PersistentVolumeClaim"): k8s.core.v1.PersistentVolumeClaim,
    ("v1", "Secret"): k8s.core.v1.Secret,
    ("v1", "Service"): k8s.core.v1.Service,
    ("v1", "ServiceAccount"): k8s.core.v1.ServiceAccount,
}


def apply(
    manifest: Manifest, opts: pulumi.ResourceOptions, *, logical_name: str | None = None
) -> pulumi.CustomResource:
    """Create the object of a manifest.

    Raises KeyError for a kind that is not in `KINDS`.

    Args:
        manifest: its leaves may be outputs.
        opts: the resource's options.
        logical_name: its name in Pulumi's state; None takes the object's own name.
    """
    kind = KINDS[manifest["apiVersion"], manifest["kind"]]
    parts = {_snake_case(key): value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    return kind(logical_name or manifest["metadata"]["name"], **parts, opts=opts)


def applied_name(resource: pulumi.CustomResource) -> pulumi.Output[str]:
    """Return the name of an object that `apply` creates; whoever uses it waits until the object exists."""
    return cast(_Named, resource).metadata.name.apply(str)


class _Named(Protocol):
    metadata: pulumi.Output[k8s.meta.v1.outputs.ObjectMeta]


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
