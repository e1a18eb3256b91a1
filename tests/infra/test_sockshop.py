"""The stage `sockshop`: what it makes of its settings."""

from pathlib import Path
from typing import Any

import pytest

from infra.errors import DeploymentError
from sockshop import images, monitoring
from sockshop.manifests import manifests
from sockshop.options import Options
from tests.infra.capture import SECRET, Capture, texts
from tests.infra.stage import deploy_sockshop

RELEASE = "kubernetes:helm.sh/v3:Release"


@pytest.fixture(autouse=True)
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where kubectl has it."""
    file = tmp_path / ".kube" / "config"
    file.parent.mkdir()
    file.write_text("kind: Config\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    return file


def deploy(**written: str) -> Capture:
    """Deploy the stage on an existing cluster, with these settings."""
    return deploy_sockshop(cluster="kubeconfig", **written)


def objects(run: Capture) -> dict[tuple[str, str], dict[str, Any]]:
    """Give what the cluster is told, by kind and name, as a manifest has it."""
    found = {}
    for resource in run.resources:
        if resource.type.startswith("kubernetes:") and resource.type != RELEASE:
            found[resource.type.rpartition(":")[2], resource.inputs["metadata"]["name"]] = resource.inputs
    return found


def test_it_applies_the_manifests_that_the_command_prints() -> None:
    told = objects(deploy(storageClass="gp3", replicas="2", imageRegistry="registry.example/socks"))
    options = Options(storage_class="gp3", min_replicas=2, images=images.pulled("registry.example/socks", {}))
    for manifest in manifests(options):
        assert told.pop((manifest["kind"], manifest["metadata"]["name"])) == manifest
    assert told.keys() == {("Secret", "catalogue-db")}


def test_the_namespace_and_the_passwords_come_first() -> None:
    run = deploy()
    kinds = [each.type.rpartition(":")[2] for each in run.resources if each.type.startswith("kubernetes:")]
    assert kinds.index("Namespace") < kinds.index("Secret") < kinds.index("StatefulSet")


def test_passwords_are_secrets_and_nowhere_else() -> None:
    run = deploy(observability="true")
    for resource in run.resources:
        if any(SECRET in text for text in texts(resource.inputs)):
            assert resource.type == "kubernetes:core/v1:Secret"
            assert resource.secrets == {"stringData"}
    assert run.exports["grafana_password"] == f"{SECRET}monitoring-grafana"
    assert run.secret_exports == {"grafana_password", "kubeconfig"}


def test_observability_watches_the_shop() -> None:
    run = deploy(observability="true")
    (release,) = run.of(RELEASE)
    assert release.inputs["chart"] == "kube-prometheus-stack"
    assert release.inputs["version"] == monitoring.VERSION
    values = release.inputs["values"]
    assert values["grafana"]["admin"]["existingSecret"] == "grafana-administrator"
    (scraping,) = values["prometheus"]["prometheusSpec"]["additionalScrapeConfigs"]
    assert scraping["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"names": ["sock-shop"]}}]
    told = objects(run)
    assert told["ConfigMap", "dashboards"]["metadata"]["labels"] == {"grafana_dashboard": "1"}
    for manifest in manifests(Options(monitoring="monitoring")):
        assert told[manifest["kind"], manifest["metadata"]["name"]] == manifest
    assert deploy().of(RELEASE) == []


def test_the_outputs_are_commands_to_paste() -> None:
    run = deploy(nodeAddress="192.168.49.2", observability="true")
    assert run.exports["url"] == "http://192.168.49.2:30001"
    forward = "kubectl --namespace sock-shop port-forward service/front-end 8079:80"
    assert run.exports["port_forward_command"] == forward
    assert run.exports["grafana_command"].endswith("port-forward service/monitoring-grafana 3000:80")
    assert run.exports["logs"].startswith("kubectl --namespace sock-shop logs --selector ")
    assert deploy().exports["grafana_command"] is None


def test_everything_is_told_to_the_cluster_of_the_settings(kubeconfig: Path) -> None:
    run = deploy(kubeContext="mine")
    (provider,) = run.of("pulumi:providers:kubernetes")
    assert provider.inputs["kubeconfig"] == str(kubeconfig)
    assert provider.inputs["context"] == "mine"
    assert not [found for found in run.resources if found.type.startswith(("aws:", "eks:"))]


def test_without_a_cluster_one_is_told_what_to_set() -> None:
    with pytest.raises(
        DeploymentError, match=r"bookstore:kubeconfig is /nowhere, which cannot be read.*name the file"
    ):
        deploy(kubeconfig="/nowhere")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("nodePort", "80", "30000-32767"),
        ("replicas", "0", "1-10"),
        ("observability", "yes", "true or false"),
        ("storageClass", "GP3", "the name of a storage class"),
        ("imageRegistry", "https://registry.example", "where images are"),
        ("cluster", "gke", "eks or stack or kubeconfig"),
        ("clusterStack", "a/b", "a stack's name, or organization/project/stack"),
        ("catalogueDatabase", "aurora", "pod or rds"),
        ("storage", "nfs", "ebs or efs"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    with pytest.raises(DeploymentError) as refusal:
        deploy_sockshop(**{key: value})
    message = str(refusal.value)
    assert message.startswith(f"bookstore:{key} is {value}; choose ")
    assert allowed in message
