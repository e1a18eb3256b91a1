"""The objects of each workload: Deployment or StatefulSet, service account, Service, autoscaler, budget."""

from typing import Any

from infra.components.kubernetes.manifest import Manifest, manifest
from infra.components.kubernetes.volumes import claim_spec
from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import DATA, labels, selector, template, uses_efs


def shop_object(api_version: str, kind: str, name: str, options: Options, **parts: Any) -> Manifest:
    """Return an object in the shop's namespace, with the shop's labels."""
    return manifest(api_version, kind, name, namespace=options.namespace, labels=labels(name), **parts)


def service_account(workload: Workload, options: Options) -> Manifest:
    """Return the service account of a workload, whose pods get no token."""
    return shop_object("v1", "ServiceAccount", workload.name, options, automountServiceAccountToken=False)


def service(workload: Workload, options: Options) -> Manifest:
    """Return the Service of a workload."""
    port: Manifest = {
        "name": workload.name if workload.is_datastore else "http",
        "port": workload.service_port,
        "targetPort": workload.port,
    }
    spec: Manifest = {"type": "ClusterIP", "selector": selector(workload.name), "ports": [port]}
    if workload.name == "front-end" and options.node_port is not None:
        port["nodePort"] = options.node_port
        spec["type"] = "NodePort"
    return shop_object("v1", "Service", workload.name, options, spec=spec)


def controller(workload: Workload, options: Options) -> Manifest:
    """Return the StatefulSet of a datastore, or the Deployment of a stateless service."""
    return _stateful_set(workload, options) if workload.is_datastore else _deployment(workload, options)


def autoscaler(workload: Workload, options: Options) -> Manifest:
    """Return the autoscaler of a stateless service."""
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.name},
        "minReplicas": options.min_replicas,
        "maxReplicas": max(options.min_replicas, options.max_replicas),
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
        # A starting JVM uses all the processor time it can get for a minute: that is no load.
        "behavior": {"scaleUp": {"stabilizationWindowSeconds": 120}},
    }
    return shop_object("autoscaling/v2", "HorizontalPodAutoscaler", workload.name, options, spec=spec)


def disruption_budget(workload: Workload, options: Options) -> Manifest:
    """Return the budget with which nodes are drained one pod of a workload at a time."""
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": selector(workload.name)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return shop_object("policy/v1", "PodDisruptionBudget", workload.name, options, spec=spec)


def _deployment(workload: Workload, options: Options) -> Manifest:
    # No `replicas`: the autoscaler decides.
    spec = {
        "selector": {"matchLabels": selector(workload.name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "minReadySeconds": 5,
        "progressDeadlineSeconds": 600,
        "revisionHistoryLimit": 3,
        "template": template(workload, options),
    }
    return shop_object("apps/v1", "Deployment", workload.name, options, spec=spec)


def _stateful_set(workload: Workload, options: Options) -> Manifest:
    spec: Manifest = {
        "serviceName": workload.name,
        "replicas": 1,
        "selector": {"matchLabels": selector(workload.name)},
        "revisionHistoryLimit": 3,
        "template": template(workload, options),
    }
    if workload.volume is not None and not uses_efs(workload, options):
        claim = claim_spec("ReadWriteOnce", workload.volume.size, storage_class=options.storage_class)
        spec["volumeClaimTemplates"] = [
            {"metadata": {"name": DATA, "labels": labels(workload.name)}, "spec": claim}
        ]
        # The data are kept when the StatefulSet is deleted.
        spec["persistentVolumeClaimRetentionPolicy"] = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    return shop_object("apps/v1", "StatefulSet", workload.name, options, spec=spec)
