"""What is watched: that the rules and the dashboard ask for what the shop's pods really count."""

import json
import re

from sockshop import monitoring
from sockshop.manifests import manifests
from sockshop.options import Options

# What the services, RabbitMQ's exporter, the kubelet and kube-state-metrics call their numbers.
COUNTED = {
    "request_duration_seconds_count", "request_duration_seconds_bucket", "rabbitmq_queue_messages_ready",
    "up", "container_memory_working_set_bytes", "container_cpu_usage_seconds_total",
    "kube_pod_container_resource_limits", "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
}  # fmt: skip


def metrics(expression: str) -> set[str]:
    """Give the names of the metrics in a PromQL expression."""
    without = re.sub(r'\{[^}]*\}|\[[^]]*\]|by \([^)]*\)|"[^"]*"', " ", expression)
    return set(re.findall(r"\b[a-z_]+\b(?!\s*\()", without)) - {"sum", "max", "by"}


def test_rules_and_panels_ask_for_what_is_counted() -> None:
    asked = [rule["expr"] for rule in monitoring.alerts("sock-shop")]
    asked += [target["expr"] for panel in monitoring.dashboard()["panels"] for target in panel["targets"]]
    for expression in asked:
        assert metrics(expression), expression
        assert metrics(expression) <= COUNTED, expression


def test_the_golden_signals_and_the_queue_are_warned_of() -> None:
    names = {rule["alert"] for rule in monitoring.alerts("sock-shop")}
    assert {"SocksFail", "SocksSlow", "SocksDown", "SocksAbsent", "SocksMemory", "SocksUnshipped"} <= names
    for rule in monitoring.alerts("sock-shop"):
        assert rule["annotations"]["summary"] and rule["for"] == "10m"


def test_each_announced_pod_is_asked_once() -> None:
    rules = monitoring.scraping("sock-shop")["relabel_configs"]
    (once,) = [rule for rule in rules if rule.get("action") == "keepequal"]
    assert once["source_labels"] == ["__meta_kubernetes_pod_container_port_number"]
    assert once["target_label"] == "__meta_kubernetes_pod_annotation_prometheus_io_port"
    asked = {}
    for manifest in manifests(Options()):
        if manifest["kind"] not in ("Deployment", "StatefulSet"):
            continue
        template = manifest["spec"]["template"]
        notes = template["metadata"].get("annotations", {})
        ports = [port["containerPort"] for each in template["spec"]["containers"] for port in each["ports"]]
        announced = notes.get("prometheus.io/port")
        asked[manifest["metadata"]["name"]] = [str(port) for port in ports].count(str(announced))
    stores = {"carts-db", "orders-db", "user-db", "catalogue-db", "session-db"}
    assert {name for name, times in asked.items() if times == 0} == stores
    assert {times for name, times in asked.items() if name not in stores} == {1}


def test_the_dashboard_is_a_file_that_grafana_reads() -> None:
    (text,) = monitoring.dashboard_files().values()
    dashboard = json.loads(text)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]) == 6
