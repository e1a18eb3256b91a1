"""The golden signals: what Prometheus scrapes and alerts on, and what Grafana shows."""

import json
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]

CHART = "kube-prometheus-stack"
REPOSITORY = "https://prometheus-community.github.io/helm-charts"
VERSION = "88.5.3"
NAMESPACE = "monitoring"
QUEUE = "shipping-task"

# Requests, failures and durations by workload: all services use the same names of metrics.
REQUESTS = "sum by (workload) (rate(request_duration_seconds_count[5m]))"
FAILURES = 'sum by (workload) (rate(request_duration_seconds_count{status_code=~"5.."}[5m]))'
SLOWEST = "histogram_quantile(0.95, sum by (workload, le) (rate(request_duration_seconds_bucket[5m])))"
WAITING = f'sum(rabbitmq_queue_messages_ready{{queue="{QUEUE}"}})'


@dataclass(frozen=True, kw_only=True)
class ChartContainers:
    """Containers of the chart that are alike.

    Args:
        pod: the pod that they are in.
        path: where the chart's values have their resources.
        cpu: the request of each, in thousandths of a processor.
        memory: the request of each, in MiB; the limit is twice as much.
        count: how many of them are in the pod.
        on_each_node: whether each node has such a pod.
    """

    pod: str
    path: tuple[str, ...]
    cpu: int
    memory: int
    count: int = 1
    on_each_node: bool = False


# The chart requests next to nothing, and pods without requests are the first to be evicted.
CONTAINERS = (
    ChartContainers(pod="prometheus", path=("prometheus", "prometheusSpec"), cpu=100, memory=400),
    ChartContainers(pod="alertmanager", path=("alertmanager", "alertmanagerSpec"), cpu=10, memory=64),
    ChartContainers(pod="grafana", path=("grafana",), cpu=50, memory=192),
    ChartContainers(pod="grafana", path=("grafana", "sidecar"), cpu=10, memory=80, count=2),
    ChartContainers(pod="operator", path=("prometheusOperator",), cpu=20, memory=64),
    ChartContainers(pod="kube-state-metrics", path=("kube-state-metrics",), cpu=10, memory=64),
    ChartContainers(
        pod="node-exporter", path=("prometheus-node-exporter",), cpu=10, memory=32, on_each_node=True
    ),
)


def values(namespace: str, grafana_secret: object) -> Values:
    """Return the chart's values.

    Args:
        namespace: the shop's.
        grafana_secret: the name of a Secret with the keys `admin-user` and `admin-password`.
    """
    chosen: Values = {
        "grafana": {
            "admin": {
                "existingSecret": grafana_secret,
                "userKey": "admin-user",
                "passwordKey": "admin-password",
            },
            "sidecar": {"dashboards": {"enabled": True, "label": "grafana_dashboard"}},
        },
        # EKS gives no access to the first three, and kube-proxy answers on its own node only.
        **{f"kube{part}": {"enabled": False} for part in ("ControllerManager", "Scheduler", "Etcd", "Proxy")},
        "prometheus": {
            "prometheusSpec": {
                "retention": "7d",
                "additionalScrapeConfigs": [scraping(namespace)],
            }
        },
        "additionalPrometheusRulesMap": {
            "sock-shop": {"groups": [{"name": "sock-shop", "rules": alerts(namespace)}]}
        },
    }
    for part in CONTAINERS:
        inner = chosen
        for key in part.path:
            inner = inner.setdefault(key, {})
        inner["resources"] = {
            "requests": {"cpu": f"{part.cpu}m", "memory": f"{part.memory}Mi"},
            "limits": {"memory": f"{2 * part.memory}Mi"},
        }
    return chosen


def scraping(namespace: str) -> Values:
    """Return the scrape job: each pod, at the port and path of its annotations."""
    note = "__meta_kubernetes_pod_annotation_prometheus_io"
    return {
        "job_name": "sock-shop",
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [namespace]}}],
        "relabel_configs": [
            {"source_labels": [f"{note}_scrape"], "action": "keep", "regex": "true"},
            # Prometheus discovers a pod once per port: keep the one with the metrics.
            {
                "source_labels": ["__meta_kubernetes_pod_container_port_number"],
                "action": "keepequal",
                "target_label": f"{note}_port",
            },
            {"source_labels": [f"{note}_path"], "target_label": "__metrics_path__"},
            {
                "source_labels": ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
                "target_label": "workload",
            },
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
        ],
    }


def alerts(namespace: str) -> list[Values]:
    """Return the alerts: errors, latency, traffic, saturation, and a queue that is not emptied."""
    here = f'namespace="{namespace}"'
    memory = f'container_memory_working_set_bytes{{{here},container!=""}}'
    limit = f'kube_pod_container_resource_limits{{{here},resource="memory"}}'
    free = f"kubelet_volume_stats_available_bytes{{{here}}} / kubelet_volume_stats_capacity_bytes{{{here}}}"
    return [
        _alert(
            "SocksFail",
            f"{FAILURES} / {REQUESTS} > 0.05",
            "{{ $labels.workload }} fails more than one request in 20",
        ),
        _alert(
            "SocksSlow",
            f"{SLOWEST} > 1",
            "{{ $labels.workload }} takes more than a second for one request in 20",
        ),
        _alert("SocksDown", 'up{job="sock-shop"} == 0', "{{ $labels.workload }} does not answer Prometheus"),
        _alert("SocksAbsent", 'absent(up{job="sock-shop",workload="front-end"})', "the front end is missing"),
        _alert("SocksUnshipped", f"{WAITING} > 100", "orders are not shipped: is queue-master running?"),
        _alert(
            "SocksMemory",
            f"max by (pod, container) ({memory}) / max by (pod, container) ({limit}) > 0.9",
            "{{ $labels.pod }} is close to its memory limit",
        ),
        _alert("SocksVolume", f"{free} < 0.1", "{{ $labels.persistentvolumeclaim }} is nearly full"),
    ]


def dashboard() -> Values:
    """Return a Grafana dashboard with the golden signals."""
    panels = [
        _panel(0, "Requests a second", REQUESTS, "reqps", "{{workload}}"),
        _panel(1, "Failed requests", f"{FAILURES} / {REQUESTS}", "percentunit", "{{workload}}"),
        _panel(2, "Duration of 95 % of requests", SLOWEST, "s", "{{workload}}"),
        _panel(3, "Orders to ship", WAITING, "short", QUEUE),
        _panel(
            4,
            "Memory",
            'sum by (pod) (container_memory_working_set_bytes{namespace="sock-shop",container!=""})',
            "bytes",
            "{{pod}}",
        ),
        _panel(
            5,
            "Processors",
            'sum by (pod) (rate(container_cpu_usage_seconds_total{namespace="sock-shop",container!=""}[5m]))',
            "short",
            "{{pod}}",
        ),
    ]
    return {
        "title": "Sock Shop",
        "uid": "sock-shop",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "panels": panels,
    }


def dashboard_files() -> dict[str, str]:
    """Return the dashboard as a file for Grafana's sidecar, by file name."""
    return {"sock-shop.json": json.dumps(dashboard(), indent=2)}


def _alert(name: str, expression: str, summary: str) -> Values:
    return {
        "alert": name,
        "expr": expression,
        "for": "10m",
        "labels": {"severity": "warning"},
        "annotations": {"summary": summary},
    }


def _panel(number: int, title: str, expression: str, unit: str, legend: str) -> Values:
    return {
        "id": number + 1,
        "title": title,
        "type": "timeseries",
        "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": legend}],
    }
