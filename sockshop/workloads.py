"""Deployments and StatefulSets, and what stands beside each: account, Service, autoscaler, budget."""

from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import DATA, Manifest, labels, on_shared_files, pod, selector


def manifest(api_version: str, kind: str, name: str, options: Options, **parts: object) -> Manifest:
    """Give an object of the shop's namespace."""
    metadata = {"name": name, "namespace": options.namespace, "labels": labels(name)}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def account(workload: Workload, options: Options) -> Manifest:
    """Give the account of a workload, which the API server knows and nobody can use."""
    return manifest("v1", "ServiceAccount", workload.name, options, automountServiceAccountToken=False)


def service(workload: Workload, options: Options) -> Manifest:
    """Give the Service by whose name the others call a workload."""
    port: Manifest = {
        "name": workload.name if workload.is_store else "http",
        "port": workload.service_port,
        "targetPort": workload.port,
    }
    spec: Manifest = {"type": "ClusterIP", "selector": selector(workload.name), "ports": [port]}
    if workload.name == "front-end" and options.node_port is not None:
        port["nodePort"] = options.node_port
        spec["type"] = "NodePort"
    return manifest("v1", "Service", workload.name, options, spec=spec)


def controller(workload: Workload, options: Options) -> Manifest:
    """Give what keeps a workload's pods running."""
    return _stateful_set(workload, options) if workload.is_store else _deployment(workload, options)


def autoscaler(workload: Workload, options: Options) -> Manifest:
    """Give what adds pods while those that there are have too much to do."""
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.name},
        "minReplicas": options.replicas,
        "maxReplicas": max(options.replicas, options.most_replicas),
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
        # A JVM that starts takes all it gets for a minute: that is no load.
        "behavior": {"scaleUp": {"stabilizationWindowSeconds": 120}},
    }
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", workload.name, options, spec=spec)


def budget(workload: Workload, options: Options) -> Manifest:
    """Give what lets a node be emptied pod by pod."""
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": selector(workload.name)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return manifest("policy/v1", "PodDisruptionBudget", workload.name, options, spec=spec)


def _deployment(workload: Workload, options: Options) -> Manifest:
    # How many there are is the autoscaler's to say.
    spec = {
        "selector": {"matchLabels": selector(workload.name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "minReadySeconds": 5,
        "progressDeadlineSeconds": 600,
        "revisionHistoryLimit": 3,
        "template": pod(workload, options),
    }
    return manifest("apps/v1", "Deployment", workload.name, options, spec=spec)


def _stateful_set(workload: Workload, options: Options) -> Manifest:
    spec: Manifest = {
        "serviceName": workload.name,
        "replicas": 1,
        "selector": {"matchLabels": selector(workload.name)},
        "revisionHistoryLimit": 3,
        "template": pod(workload, options),
    }
    if workload.volume is not None and not on_shared_files(workload, options):
        claim: Manifest = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": workload.volume.size}},
        }
        if options.storage_class is not None:
            claim["storageClassName"] = options.storage_class
        spec["volumeClaimTemplates"] = [
            {"metadata": {"name": DATA, "labels": labels(workload.name)}, "spec": claim}
        ]
        # Data outlives the set that wrote it.
        spec["persistentVolumeClaimRetentionPolicy"] = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    return manifest("apps/v1", "StatefulSet", workload.name, options, spec=spec)
