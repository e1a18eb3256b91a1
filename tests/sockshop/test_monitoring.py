"""What is watched: by Prometheus' own tool, that it warns of what goes wrong, and of nothing else."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from sockshop import monitoring
from sockshop.manifests import manifests
from sockshop.options import Options

UP = 'up{job="sock-shop",workload="front-end"}'
ANSWERED = 'request_duration_seconds_count{workload="carts",status_code="200"}'
FAILED = 'request_duration_seconds_count{workload="carts",status_code="500"}'
TOOK = 'request_duration_seconds_bucket{{workload="carts",le="{}"}}'
WAITING = 'rabbitmq_queue_messages_ready{queue="shipping-task"}'
CONTAINER = 'namespace="sock-shop",pod="carts-1",container="carts"'
MEMORY = f"container_memory_working_set_bytes{{{CONTAINER}}}"
MEMORY_LIMIT = f'kube_pod_container_resource_limits{{{CONTAINER},resource="memory"}}'
PROCESSOR = f"container_cpu_usage_seconds_total{{{CONTAINER}}}"
VOLUME = 'namespace="sock-shop",persistentvolumeclaim="data-carts-db-0"'
VOLUME_FREE = f"kubelet_volume_stats_available_bytes{{{VOLUME}}}"

# An hour in which all is well, a value a minute, by the names that the services, RabbitMQ's exporter, the
# kubelet and kube-state-metrics count under.
WELL = {
    UP: "1x60",
    ANSWERED: "0+594x60",
    FAILED: "0+6x60",
    TOOK.format("0.5"): "0+590x60",
    TOOK.format("2.5"): "0+600x60",
    TOOK.format("+Inf"): "0+600x60",
    WAITING: "3x60",
    MEMORY: "500x60",
    MEMORY_LIMIT: "1000x60",
    PROCESSOR: "0+6x60",
    VOLUME_FREE: "900x60",
    f"kubelet_volume_stats_capacity_bytes{{{VOLUME}}}": "1000x60",
}


class Trouble(NamedTuple):
    """What is counted when something goes wrong (None: nothing more), and what is then said, of what."""

    counted: dict[str, str | None]
    said: str
    of: dict[str, str]


CARTS = {"workload": "carts"}
TROUBLES = {
    "SocksFail": Trouble({FAILED: "0+60x60"}, "carts fails more than one request in 20", CARTS),
    "SocksSlow": Trouble(
        {TOOK.format("0.5"): "0+500x60"}, "carts takes more than a second for one request in 20", CARTS
    ),
    "SocksDown": Trouble(
        {UP: "0x60"},
        "front-end does not answer Prometheus",
        {"job": "sock-shop", "workload": "front-end"},
    ),
    "SocksAbsent": Trouble(
        {UP: None}, "the front end is missing", {"job": "sock-shop", "workload": "front-end"}
    ),
    "SocksUnshipped": Trouble({WAITING: "101x60"}, "orders are not shipped: is queue-master running?", {}),
    "SocksMemory": Trouble(
        {MEMORY: "950x60"},
        "carts-1 is close to its memory limit",
        {"pod": "carts-1", "container": "carts"},
    ),
    "SocksVolume": Trouble(
        {VOLUME_FREE: "90x60"},
        "data-carts-db-0 is nearly full",
        {"namespace": "sock-shop", "persistentvolumeclaim": "data-carts-db-0"},
    ),
}


def promtool(folder: Path, *arguments: str, **files: Any) -> str:
    """Run Prometheus' own tool beside files of these names, in YAML, and give what it prints."""
    for name, content in files.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content))
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def after_an_hour(counted: dict[str, str | None], **expected: Any) -> dict[str, Any]:
    """Describe an hour in which this was counted, and what is expected after it."""
    series = [{"series": name, "values": values} for name, values in counted.items() if values]
    return {"rule_files": ["rules.yml"], "tests": [{"interval": "1m", "input_series": series, **expected}]}


def rules() -> dict[str, Any]:
    """Give the rules as a file of Prometheus."""
    return {"groups": [{"name": "sock-shop", "rules": monitoring.alerts("sock-shop")}]}


def warnings(alert: str, *firing: dict[str, Any]) -> dict[str, Any]:
    """Describe which warnings of a rule are expected when the hour is over."""
    return {"alertname": alert, "eval_time": "1h", "exp_alerts": list(firing)}


def test_every_rule_has_a_trouble_that_it_warns_of() -> None:
    assert {rule["alert"] for rule in monitoring.alerts("sock-shop")} == TROUBLES.keys()


def test_nothing_is_warned_of_while_all_is_well(tmp_path: Path) -> None:
    quiet = after_an_hour({**WELL}, alert_rule_test=[warnings(alert) for alert in TROUBLES])
    promtool(tmp_path, "test", "rules", "quiet.yml", rules=rules(), quiet=quiet)


@pytest.mark.parametrize("alert", TROUBLES)
def test_a_trouble_is_warned_of_and_nothing_else(tmp_path: Path, alert: str) -> None:
    trouble = TROUBLES[alert]
    said = {"exp_labels": {"severity": "warning", **trouble.of}, "exp_annotations": {"summary": trouble.said}}
    expected = [warnings(each, *[said] * (each == alert)) for each in TROUBLES]
    loud = after_an_hour({**WELL, **trouble.counted}, alert_rule_test=expected)
    promtool(tmp_path, "test", "rules", "loud.yml", rules=rules(), loud=loud)


def test_every_panel_shows_something(tmp_path: Path) -> None:
    asked = [target["expr"] for panel in monitoring.dashboard()["panels"] for target in panel["targets"]]
    shown = [
        {
            "expr": f"count(({expression}) >= 0)",
            "eval_time": "1h",
            "exp_samples": [{"labels": "{}", "value": 1}],
        }
        for expression in asked
    ]
    promtool(
        tmp_path, "test", "rules", "shown.yml", rules=rules(),
        shown=after_an_hour({**WELL}, promql_expr_test=shown),
    )  # fmt: skip
    assert len(asked) == 6


def test_each_announced_pod_is_asked_once(tmp_path: Path) -> None:
    # The same relabelling, of what Kubernetes would tell of the pods: one target for each port.
    way = monitoring.scraping("sock-shop")
    assert way.pop("kubernetes_sd_configs") == [{"role": "pod", "namespaces": {"names": ["sock-shop"]}}]
    workloads = [each for each in manifests(Options()) if each["kind"] in ("Deployment", "StatefulSet")]
    told = [port for workload in workloads for port in ports(workload)]
    out = promtool(
        tmp_path, "check", "service-discovery", "--timeout=5s", "way.yml", "sock-shop",
        way={"scrape_configs": [{**way, "static_configs": told}]},
    )  # fmt: skip
    asked = [target["labels"] for target in json.loads(out) if target["labels"]]
    stores = {"carts-db", "orders-db", "user-db", "catalogue-db", "session-db"}
    names = {workload["metadata"]["name"] for workload in workloads}
    assert sorted(labels["workload"] for labels in asked) == sorted(names - stores)
    for workload in workloads:
        notes = workload["spec"]["template"]["metadata"].get("annotations", {})
        for labels in asked:
            if labels["workload"] == workload["metadata"]["name"]:
                assert labels["instance"].endswith(f":{notes['prometheus.io/port']}")
                assert labels["__metrics_path__"] == notes["prometheus.io/path"]
                assert labels["pod"] == f"{labels['workload']}-1"


def ports(workload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tell of a pod of a workload what Prometheus learns from Kubernetes, port by port."""
    name, template = workload["metadata"]["name"], workload["spec"]["template"]
    known = {"__meta_kubernetes_pod_name": f"{name}-1"}
    for kind in ("label", "annotation"):
        for key, value in template["metadata"].get(f"{kind}s", {}).items():
            known[f"__meta_kubernetes_pod_{kind}_{re.sub('[^a-zA-Z0-9]', '_', key)}"] = value
    for container in template["spec"]["containers"]:
        for port in container["ports"]:
            number = port["containerPort"]
            labels = {**known, "__meta_kubernetes_pod_container_port_number": str(number)}
            yield {"targets": [f"{name}:{number}"], "labels": labels}


def test_the_dashboard_is_a_file_that_grafana_reads() -> None:
    (text,) = monitoring.dashboard_files().values()
    dashboard = json.loads(text)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]) == 6
