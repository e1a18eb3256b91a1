"""Prometheus, Alertmanager and Grafana, from the chart kube-prometheus-stack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.manifest import manifest
from infra.components.password import random_password


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """Arguments for `Monitoring`.

    Args:
        namespace: created for the chart alone.
        chart: the chart's name.
        version: the chart's.
        repository: URL of the chart's repository.
        values: returns the chart's values, given the name of the Secret with Grafana's administrator.
        dashboards: Grafana dashboards as JSON, by file name.
    """

    namespace: str
    chart: str
    version: str
    repository: str
    values: Callable[[pulumi.Output[str]], Mapping[str, Any]]
    dashboards: Mapping[str, str]


class Monitoring(pulumi.ComponentResource):
    """The chart in a namespace of its own.

    Nothing of it is exposed: use `kubectl port-forward` to reach Grafana's Service, `<name>-grafana`.
    """

    password: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Monitoring", name, None, opts)
        # The node exporter reads the node itself, which only the profile `privileged` allows.
        namespace = apply(
            manifest(
                "v1", "Namespace", args.namespace, labels={"pod-security.kubernetes.io/enforce": "privileged"}
            ),
            pulumi.ResourceOptions(parent=self),
            logical_name=f"{name}-namespace",
        )
        child_opts = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        self.password = random_password(f"{name}-grafana", self)
        administrator = apply(
            manifest(
                "v1",
                "Secret",
                "grafana-administrator",
                namespace=args.namespace,
                stringData={"admin-user": "admin", "admin-password": self.password},
            ),
            child_opts,
            logical_name=f"{name}-grafana",
        )
        apply(
            manifest(
                "v1",
                "ConfigMap",
                "dashboards",
                namespace=args.namespace,
                labels={"grafana_dashboard": "1"},
                data=args.dashboards,
            ),
            child_opts,
            logical_name=f"{name}-dashboards",
        )
        k8s.helm.v3.Release(
            name,
            name=name,  # the prefix of its Services' names
            chart=args.chart,
            version=args.version,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=args.repository),
            namespace=args.namespace,
            values=args.values(applied_name(administrator)),
            atomic=True,
            timeout=900,
            opts=child_opts,
        )
        self.register_outputs({})
