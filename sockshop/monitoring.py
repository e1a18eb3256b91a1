"""What Prometheus asks the shop, what it warns of, and what Grafana shows: the golden signals."""

import json
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]

CHART = "kube-prometheus-stack"
REPOSITORY = "https://prometheus-community.github.io/helm-charts"
VERSION = "88.5.3"
NAMESPACE = "monitoring"
QUEUE = "shipping-task"

# Requests, failures and the time that they take, by workload: every service counts them under this name.
REQUESTS = "sum by (workload) (rate(request_duration_seconds_count[5m]))"
FAILURES = 'sum by (workload) (rate(request_duration_seconds_count{status_code=~"5.."}[5m]))'
SLOWEST = "histogram_quantile(0.95, sum by (workload, le) (rate(request_duration_seconds_bucket[5m])))"
WAITING = f'sum(rabbitmq_queue_messages_ready{{queue="{QUEUE}"}})'


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some containers of the chart.

    Args:
        pod: the one that they are in.
        place: where the chart's values have their resources.
        cpu: promised to each, in thousandths of a processor.
        memory: promised to each, in MiB; at twice as much one is stopped.
        count: how many there are in the pod.
        on_each_node: whether each node has such a pod.
    """

    pod: str
    place: tuple[str, ...]
    cpu: int
    memory: int
    count: int = 1
    on_each_node: bool = False


# The chart promises next to nothing, and what is promised nothing is the first to be put out.
PARTS = (
    Part(pod="prometheus", place=("prometheus", "prometheusSpec"), cpu=100, memory=400),
    Part(pod="alertmanager", place=("alertmanager", "alertmanagerSpec"), cpu=10, memory=64),
    Part(pod="grafana", place=("grafana",), cpu=50, memory=192),
    Part(pod="grafana", place=("grafana", "sidecar"), cpu=10, memory=80, count=2),
    Part(pod="operator", place=("prometheusOperator",), cpu=20, memory=64),
    Part(pod="kube-state-metrics", place=("kube-state-metrics",), cpu=10, memory=64),
    Part(pod="node-exporter", place=("prometheus-node-exporter",), cpu=10, memory=32, on_each_node=True),
)


def values(namespace: str, grafana_secret: object) -> Values:
    """Give the chart's values for a shop in a namespace; the Secret has `admin-user` and `admin-password`."""
    chosen: Values = {
        "grafana": {
            "admin": {
                "existingSecret": grafana_secret,
                "userKey": "admin-user",
                "passwordKey": "admin-password",
            },
            "sidecar": {"dashboards": {"enabled": True, "label": "grafana_dashboard"}},
        },
        # EKS keeps three to itself, and the last answers its own node alone: they could only be missed.
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
    for part in PARTS:
        inner = chosen
        for key in part.place:
            inner = inner.setdefault(key, {})
        inner["resources"] = {
            "requests": {"cpu": f"{part.cpu}m", "memory": f"{part.memory}Mi"},
            "limits": {"memory": f"{2 * part.memory}Mi"},
        }
    return chosen


def scraping(namespace: str) -> Values:
    """Give the job that asks each pod where its annotations say."""
    note = "__meta_kubernetes_pod_annotation_prometheus_io"
    return {
        "job_name": "sock-shop",
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [namespace]}}],
        "relabel_configs": [
            {"source_labels": [f"{note}_scrape"], "action": "keep", "regex": "true"},
            # A pod is discovered once for each of its ports: one of them is enough.
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
    """Give the rules: errors, latency, traffic and saturation, and the queue that nobody empties."""
    here = f'namespace="{namespace}"'
    memory = f'container_memory_working_set_bytes{{{here},container!=""}}'
    limit = f'kube_pod_container_resource_limits{{{here},resource="memory"}}'
    free = f"kubelet_volume_stats_available_bytes{{{here}}} / kubelet_volume_stats_capacity_bytes{{{here}}}"
    return [
        _alert(
            "SocksFail", f"{FAILURES} / {REQUESTS} > 0.05", "{{ $labels.workload }} fails one request in 20"
        ),
        _alert(
            "SocksSlow", f"{SLOWEST} > 1", "{{ $labels.workload }} takes more than a second for one in 20"
        ),
        _alert("SocksDown", 'up{job="sock-shop"} == 0', "{{ $labels.workload }} does not answer Prometheus"),
        _alert(
            "SocksAbsent", 'absent(up{job="sock-shop",workload="front-end"})', "the front end is not there"
        ),
        _alert("SocksUnshipped", f"{WAITING} > 100", "orders wait to be shipped: does queue-master run?"),
        _alert(
            "SocksMemory",
            f"max by (pod, container) ({memory}) / max by (pod, container) ({limit}) > 0.9",
            "{{ $labels.pod }} is about to be ended for the memory it takes",
        ),
        _alert("SocksVolume", f"{free} < 0.1", "{{ $labels.persistentvolumeclaim }} is nearly full"),
    ]


def dashboard() -> Values:
    """Give a dashboard of Grafana with the golden signals."""
    panels = [
        _panel(0, "Requests a second", REQUESTS, "reqps", "{{workload}}"),
        _panel(1, "Share of requests that fail", f"{FAILURES} / {REQUESTS}", "percentunit", "{{workload}}"),
        _panel(2, "Time for 19 of 20 requests", SLOWEST, "s", "{{workload}}"),
        _panel(3, "Orders that wait to be shipped", WAITING, "short", QUEUE),
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
    """Give the dashboard as the file that Grafana's sidecar looks for."""
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
