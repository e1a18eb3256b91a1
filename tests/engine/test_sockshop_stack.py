"""The stack `sockshop` on the real engine, with provider doubles for AWS and a cluster."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockshop.manifests import manifests
from sockshop.options import Options
from sockshop.services import SERVICES
from tests.engine.cloudless import Cloudless
from tests.engine.doubles.cloud import Call
from tests.engine.doubles.wire import is_secret, reveal
from tools.engine import Engine

SECRET = "kubernetes:core/v1:Secret"
STORES = {"carts-db", "orders-db", "user-db"}


@pytest.fixture(scope="module")
def shop(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloudless]:
    """The stage, on EKS with stores of its own; at the end nothing of it is left."""
    shop = Cloudless(tmp_path_factory.mktemp("sockshop"), engine, "sockshop")
    shop.set(retainData="false")
    shop.up()
    yield shop
    shop.destroy()
    assert shop.cloud.live() == {}


def changed(changes: list[Call]) -> Counter[tuple[str, str]]:
    """Count what was done, by what it was done to."""
    return Counter((call.operation, call.type.rpartition(":")[2]) for call in changes)


def test_the_engine_makes_what_the_manifests_say(shop: Cloudless) -> None:
    live = shop.cloud.live()
    made = {(type_.rpartition(":")[2], id_) for type_, id_ in live if type_.startswith("kubernetes:")}
    wanted = {
        (each["kind"], "/".join(filter(None, (each["metadata"].get("namespace"), each["metadata"]["name"]))))
        for each in manifests(Options())
    }
    assert made - wanted == {("Secret", "sock-shop/catalogue-db"), ("StorageClass", "gp3-encrypted")}
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


def test_stores_move_to_rds_and_efs_together_and_to_each_alone(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(catalogueDatabase="rds", storage="efs", imageRegistry="ecr", observability="true")
    shop.up()
    done = shop.changes_since(before)
    assert changed(done)["create", "Instance"] == changed(done)["create", "Job"] == 1
    assert changed(done)["create", "AccessPoint"] == changed(done)["create", "PersistentVolume"] == 3
    assert changed(done)["create", "Release"] == 1
    # The volume of a store is chosen when it is made.
    for operation, names in (("create", STORES), ("delete", STORES | {"catalogue-db"})):
        sets = [call for call in done if call.type.endswith(":StatefulSet") and call.operation == operation]
        assert {call.name for call in sets} == names
    live = {(call.type.rpartition(":")[2], call.name): call for call in shop.cloud.live().values()}
    password = reveal(live["Secret", "catalogue-db"].inputs["stringData"])["root-password"]
    assert password == reveal(live["Instance", "catalogue"].inputs["password"])
    outputs = json.loads(shop.pulumi("stack", "output", "--json"))
    assert outputs["grafana_password"] == outputs["kubeconfig"] == "[secret]"
    assert outputs["mirror_command"] == "make mirror STACK=sockshop"
    (container,) = live["Deployment", "carts"].inputs["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"{outputs['registry']}/carts:0.4.8"

    before = len(shop.cloud.calls())
    shop.set(catalogueDatabase="pod")
    shop.up()
    done = shop.changes_since(before)
    assert changed(done)["delete", "Instance"] == changed(done)["delete", "Job"] == 1
    assert {call.name for call in done if call.type.endswith(":StatefulSet")} == {"catalogue-db"}

    before = len(shop.cloud.calls())
    shop.set(catalogueDatabase="rds", storage="ebs")
    shop.up()
    done = shop.changes_since(before)
    assert changed(done)["create", "Instance"] == changed(done)["create", "Job"] == 1
    assert changed(done)["delete", "AccessPoint"] == changed(done)["delete", "PersistentVolume"] == 3
    moved = {(call.operation, call.name) for call in done if call.type.endswith(":StatefulSet")}
    assert moved >= {("create", store) for store in STORES} | {("delete", "catalogue-db")}
    shop.reset()


def test_any_cluster_takes_the_shop_and_lets_go_of_all_of_it(engine: Engine, tmp_path: Path) -> None:
    shop = Cloudless(tmp_path / "checkout", engine, "sockshop")
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text("apiVersion: v1\nkind: Config\n")
    shop.set(cluster="kubeconfig", kubeconfig=kubeconfig, kubeContext="kind-socks", nodeAddress="192.0.2.7")
    shop.set(observability="true")
    shop.up()
    assert {call.type.partition(":")[0] for call in shop.cloud.calls()} == {"kubernetes", "random"}
    asked = [call.inputs for call in shop.cloud.calls() if call.type == "kubernetes"]
    assert asked == [{"kubeconfig": str(kubeconfig), "context": "kind-socks"}]
    live = shop.cloud.live()
    pods = {call.name for call in live.values() if call.type.endswith((":Deployment", ":StatefulSet"))}
    assert pods == {each.name for each in SERVICES}
    assert [type_ for type_, _ in live if type_.endswith(":Release")], "nobody watches the shop"
    outputs = json.loads(shop.pulumi("stack", "output", "--json"))
    assert outputs["url"] == "http://192.0.2.7:30001"
    assert outputs["kubeconfig_command"] == f"export KUBECONFIG={kubeconfig}"
    shop.destroy()
    assert shop.cloud.live() == {}
