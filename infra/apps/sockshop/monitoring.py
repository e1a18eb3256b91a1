"""Prometheus and Grafana for Sock Shop."""

import pulumi

from infra.components.kubernetes.monitoring import Monitoring, MonitoringArgs
from infra.components.kubernetes.pod_requests import PodRequests
from sockshop import monitoring
from sockshop.options import Options


def deploy_monitoring(options: Options, opts: pulumi.ResourceOptions) -> Monitoring:
    """Return the monitoring of a shop whose options name its namespace."""
    if options.monitoring is None:
        raise ValueError("the options name no namespace for monitoring")
    return Monitoring(
        "monitoring",
        MonitoringArgs(
            namespace=options.monitoring,
            chart=monitoring.CHART,
            version=monitoring.VERSION,
            repository=monitoring.REPOSITORY,
            values=lambda secret: monitoring.values(options.namespace, secret),
            dashboards=monitoring.dashboard_files(),
        ),
        opts,
    )


def pod_requests() -> list[PodRequests]:
    """Return what the chart's pods request."""
    pods: dict[str, list[monitoring.ChartContainers]] = {}
    for containers in monitoring.CONTAINERS:
        pods.setdefault(containers.pod, []).append(containers)
    return [
        PodRequests(
            name=name,
            count=1,
            cpu=sum(each.count * each.cpu for each in parts),
            memory=sum(each.count * each.memory for each in parts),
            on_each_node=parts[0].on_each_node,
        )
        for name, parts in pods.items()
    ]
