"""Prometheus, Alertmanager and Grafana, by their chart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What the monitoring is made of.

    Args:
        namespace: of its own.
        chart: kube-prometheus-stack, in this version from this repository.
        values: of the chart, told the name of the Secret with Grafana's administrator.
        dashboards: JSON by file name.
    """

    namespace: str
    chart: str
    version: str
    repository: str
    values: Callable[[pulumi.Output[str]], Mapping[str, Any]]
    dashboards: Mapping[str, str]


class Monitoring(pulumi.ComponentResource):
    """The chart in a namespace of its own.

    Nothing of it is open to the world: one looks at Grafana, `<name>-grafana`, by `kubectl port-forward`.
    """

    password: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Monitoring", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        space = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                # The exporter of each node looks at the node itself, which only this profile allows.
                labels={"pod-security.kubernetes.io/enforce": "privileged"},
            ),
            opts=child_opts,
        )
        made = random.RandomPassword(f"{name}-grafana", length=40, special=False, opts=child_opts)
        self.password = pulumi.Output.secret(made.result)
        there = pulumi.ResourceOptions(parent=self, depends_on=[space])
        secret = k8s.core.v1.Secret(
            f"{name}-grafana",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="grafana-administrator", namespace=args.namespace),
            string_data={"admin-user": "admin", "admin-password": self.password},
            opts=there,
        )
        k8s.core.v1.ConfigMap(
            f"{name}-dashboards",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name="dashboards", namespace=args.namespace, labels={"grafana_dashboard": "1"}
            ),
            data=args.dashboards,
            opts=there,
        )
        k8s.helm.v3.Release(
            name,
            name=name,  # its Services are called after it
            chart=args.chart,
            version=args.version,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=args.repository),
            namespace=args.namespace,
            values=args.values(secret.metadata.name),
            atomic=True,
            timeout=900,
            opts=there,
        )
        self.register_outputs({})
