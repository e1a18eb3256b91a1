"""The stack `scaled` on the real engine, with provider doubles for a cloud."""

import base64

import pytest

from tests.engine.cloudless import Cloudless
from tests.engine.doubles.wire import reveal
from tools.engine import Engine

GROUP, TEMPLATE = "aws:autoscaling/group:Group", "aws:ec2/launchTemplate:LaunchTemplate"
DATABASE = "aws:rds/instance:Instance"
KEPT = {
    "aws:efs/accessPoint:AccessPoint",
    "aws:efs/backupPolicy:BackupPolicy",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
}
BAKED = {
    "aws:imagebuilder/component:Component",
    "aws:imagebuilder/image:Image",
    "aws:imagebuilder/imageRecipe:ImageRecipe",
}


@pytest.fixture(scope="module")
def deployed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Cloudless:
    """The stage, deployed once with a create that fails at first."""
    shop = Cloudless(tmp_path_factory.mktemp("scaled"), engine, "scaled")
    assert "InsufficientCapacity" in shop.up(fails=True, DOUBLES_FAIL="files-1")
    assert shop.cloud.live()
    shop.up(DOUBLES_FAIL="files-1")
    created = [call.key for call in shop.cloud.calls() if call.operation == "create"]
    assert len(created) == len(set(created)) == len(shop.cloud.live()), "what was there was made again"
    return shop


@pytest.fixture
def shop(deployed: Cloudless) -> Cloudless:
    """The stage, deployed; with what settings, no test minds."""
    if DATABASE not in {call.type for call in deployed.cloud.live().values()}:
        deployed.up()
    return deployed


def test_a_second_run_and_a_refresh_change_nothing_and_show_no_secret(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shown = shop.up("--refresh", "--expect-no-changes", "--diff")
    assert shop.changes_since(before) == []
    live = list(shop.cloud.live().values())
    values = [
        call.outputs["secretString"]["value"]
        for call in live
        if call.type == "aws:secretsmanager/secretVersion:SecretVersion"
    ]
    (key,) = [call for call in live if call.name == "shop-key" and call.type.startswith("random:")]
    values.append(str(reveal(key.outputs["result"])))
    assert len(values) == 4
    state = str(shop.state()) + shop.pulumi("stack", "output", "--json")
    user_data = [base64.b64decode(call.inputs["userData"]).decode() for call in live if call.type == TEMPLATE]
    for value in values:
        assert value not in state
        assert value not in str(user_data)
        assert value not in shown


def test_another_version_of_the_shop_rolls_through_the_servers_and_replaces_no_data(
    shop: Cloudless,
) -> None:
    (group,) = shop.resources(GROUP)
    before = len(shop.cloud.calls())
    # Another reference of the shop's image, and a larger database beside it.
    shop.up("--config=bookstore:buildImage=false", "--config=bookstore:rdsInstanceClass=db.t3.small")
    changes = shop.changes_since(before)
    assert {call.type for call in changes if call.operation == "create"} == BAKED
    assert {call.type for call in changes if call.operation == "update"} == {
        *(TEMPLATE, GROUP, DATABASE),
    }
    assert {call.type for call in changes if call.operation == "delete"} == {
        *BAKED,
        "docker:index/image:Image",
        "random:index/randomString:RandomString",
    }
    (updated,) = shop.resources(GROUP)
    assert updated["id"] == group["id"]
    versions = [found["outputs"]["launchTemplate"]["version"] for found in (group, updated)]
    assert int(versions[1]) == int(versions[0]) + 1


def test_destroy_removes_in_a_legal_order_all_but_the_files_and_a_last_snapshot(shop: Cloudless) -> None:
    (database,) = [call for call in shop.cloud.live().values() if call.type == DATABASE]
    assert database.inputs["skipFinalSnapshot"] is False
    assert database.inputs["finalSnapshotIdentifier"] == f"{database.inputs['identifier']}-final"
    shop.destroy()
    assert {call.type for call in shop.cloud.live().values()} == KEPT
    assert shop.state()["deployment"].get("resources", []) == []
