"""The stack `sockshop` on the real engine, with provider doubles for a cluster."""

from pathlib import Path

import pytest

from sockshop.manifests import manifests
from sockshop.options import Options
from tests.engine.cloudless import Cloudless
from tests.engine.doubles.wire import is_secret, reveal
from tools.engine import Engine

DEPLOYMENT, STATEFUL_SET = "kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"
SECRET, NAMESPACE = "kubernetes:core/v1:Secret", "kubernetes:core/v1:Namespace"


@pytest.fixture(scope="module")
def deployed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Cloudless:
    """The stage, deployed once with a workload that fails at first."""
    shop = Cloudless(tmp_path_factory.mktemp("sockshop"), engine, "sockshop")
    shop.up(fails=True, DOUBLES_FAIL="orders")
    shop.up(DOUBLES_FAIL="orders")
    created = [call.key for call in shop.cloud.calls() if call.operation == "create"]
    assert len(created) == len(set(created)) == len(shop.cloud.live()), "what was there was made again"
    return shop


@pytest.fixture
def shop(deployed: Cloudless) -> Cloudless:
    """The stage as its settings in the checkout say, whatever an earlier test has made of it."""
    deployed.reset()
    deployed.up()
    return deployed


def test_the_engine_makes_what_the_manifests_say(shop: Cloudless) -> None:
    made = {
        (key[0].rpartition(":")[2], key[1]) for key in shop.cloud.live() if key[0].startswith("kubernetes:")
    }
    wanted = {
        (each["kind"], "/".join(filter(None, (each["metadata"].get("namespace"), each["metadata"]["name"]))))
        for each in manifests(Options())
    }
    assert made == wanted | {("Secret", "sock-shop/catalogue-db")}


def test_a_second_run_and_a_refresh_change_nothing(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.up("--expect-no-changes")
    shop.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    shop.pulumi("preview", "--expect-no-changes")
    assert shop.changes_since(before) == []


def test_passwords_are_encrypted(shop: Cloudless) -> None:
    (secret,) = [call for call in shop.cloud.live().values() if call.type == SECRET]
    assert is_secret(secret.inputs["stringData"]) or all(map(is_secret, secret.inputs["stringData"].values()))
    plain = reveal(secret.inputs["stringData"])
    assert plain.keys() == {"root-password", "password"}
    written = "".join(path.read_text() for path in Path(shop.project.parent / "state").rglob("*.json"))
    for password in plain.values():
        assert len(password) == 40
        assert password not in written


def test_a_storage_class_makes_stores_anew_and_touches_nothing_else(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(storageClass="gp3")
    shop.up()
    changes = shop.changes_since(before)
    assert {call.type for call in changes} == {STATEFUL_SET}
    assert [call.operation for call in changes if call.name == "carts-db"] == ["delete", "create"]


def test_more_replicas_change_the_autoscalers_alone(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(replicas=2)
    shop.up()
    changes = shop.changes_since(before)
    assert {(call.operation, call.type.rpartition(":")[2]) for call in changes} == {
        ("update", "HorizontalPodAutoscaler")
    }
    assert len(changes) == 8


def test_observability_comes_and_goes(shop: Cloudless) -> None:
    shop.set(observability="true")
    shop.up()
    outputs = shop.pulumi("stack", "output", "--json")
    assert "port-forward service/monitoring-grafana" in outputs
    assert '"grafana_password": "[secret]"' in outputs
    assert [resource["inputs"]["version"] for resource in shop.resources("kubernetes:helm.sh/v3:Release")]
    shop.set(observability="false")
    shop.up()
    assert shop.resources("kubernetes:helm.sh/v3:Release") == []


def test_destroy_leaves_nothing(shop: Cloudless) -> None:
    shop.destroy()
    assert shop.cloud.live() == {}
    shop.up()
