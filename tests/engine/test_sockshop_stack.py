"""The stack `sockshop` on the real engine, with provider doubles for a cluster."""

from collections.abc import Iterator

import pytest

from sockshop.manifests import manifests
from sockshop.options import Options
from tests.engine.cloudless import Cloudless
from tests.engine.doubles.wire import is_secret, reveal
from tools.engine import Engine

SECRET = "kubernetes:core/v1:Secret"


@pytest.fixture(scope="module")
def shop(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloudless]:
    """The stage, deployed once with a workload that fails at first; at the end nothing of it is left."""
    root = tmp_path_factory.mktemp("sockshop")
    shop = Cloudless(root, engine, "sockshop")
    (root / "kubeconfig").write_text("kind: Config\n")
    shop.set(cluster="kubeconfig", kubeconfig=root / "kubeconfig")
    shop.up(fails=True, DOUBLES_FAIL="orders")
    shop.up(DOUBLES_FAIL="orders")
    created = [call.key for call in shop.cloud.calls() if call.operation == "create"]
    assert len(created) == len(set(created)) == len(shop.cloud.live()), "what was there was made again"
    yield shop
    shop.destroy()
    assert shop.cloud.live() == {}


def test_the_engine_makes_what_the_manifests_say(shop: Cloudless) -> None:
    live = shop.cloud.live()
    made = {(type_.rpartition(":")[2], id_) for type_, id_ in live if type_.startswith("kubernetes:")}
    wanted = {
        (each["kind"], "/".join(filter(None, (each["metadata"].get("namespace"), each["metadata"]["name"]))))
        for each in manifests(Options())
    }
    assert made - wanted == {("Secret", "sock-shop/catalogue-db")}
    assert wanted <= made


def test_passwords_are_encrypted(shop: Cloudless) -> None:
    (secret,) = [call for call in shop.cloud.live().values() if call.type == SECRET]
    written = "".join(path.read_text() for path in (shop.project.parent / "state").rglob("*.json"))
    assert is_secret(secret.inputs["stringData"])
    passwords = reveal(secret.inputs["stringData"])
    assert passwords.keys() == {"root-password", "password"}
    for password in passwords.values():
        assert len(password) == 40
        assert password not in written


def test_other_settings_change_what_they_name(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(replicas=2, storageClass="gp3", observability="true")
    shop.up()
    shop.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    changes = shop.changes_since(before)
    kinds = {(call.operation, call.type.rpartition(":")[2]) for call in changes}
    assert kinds == {
        ("update", "HorizontalPodAutoscaler"),
        ("update", "NetworkPolicy"),  # Prometheus is let in
        # The class of a volume is chosen when it is made; what the old one holds stays.
        ("delete", "StatefulSet"),
        ("create", "StatefulSet"),
        ("create", "Namespace"),
        ("create", "RandomPassword"),
        ("create", "Secret"),
        ("create", "ConfigMap"),
        ("create", "Release"),
    }
    assert [call.operation for call in changes if call.name == "carts-db" and "StatefulSet" in call.type] == [
        "delete",
        "create",
    ]
    outputs = shop.pulumi("stack", "output", "--json")
    assert "port-forward service/monitoring-grafana" in outputs
    assert '"grafana_password": "[secret]"' in outputs
    shop.reset()
