"""The stack `scaled` on the real engine, with provider doubles for a cloud."""

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
    """The stage as its settings in the checkout say, whatever an earlier test has made of it."""
    deployed.reset()
    deployed.up()
    return deployed


def test_a_second_run_and_a_refresh_change_nothing(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.up("--expect-no-changes")
    shop.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    shop.pulumi("preview", "--expect-no-changes")
    assert shop.changes_since(before) == []


def test_secrets_are_encrypted_and_reach_no_server_in_the_open(shop: Cloudless) -> None:
    live = list(shop.cloud.live().values())
    values = [
        call.outputs["secretString"]["value"]
        for call in live
        if call.type == "aws:secretsmanager/secretVersion:SecretVersion"
    ]
    assert len(values) == 3
    (key,) = [call for call in live if call.name == "shop-key" and call.type.startswith("random:")]
    values.append(str(reveal(key.outputs["result"])))
    state = str(shop.state())
    user_data = str([call.inputs["userData"] for call in live if call.type == TEMPLATE])
    shown = shop.pulumi("stack", "output", "--json") + shop.pulumi("preview", "--diff")
    for value in values:
        assert value not in state
        assert value not in user_data
        assert value not in shown


def test_another_version_of_the_shop_rolls_through_the_servers_and_touches_no_data(
    shop: Cloudless,
) -> None:
    (group,) = shop.resources(GROUP)
    before = len(shop.cloud.calls())
    shop.set(buildImage="false")  # another reference of the shop's image
    shop.up()
    changes = shop.changes_since(before)
    assert {call.type for call in changes if call.operation == "create"} == BAKED
    assert {call.type for call in changes if call.operation == "update"} == {TEMPLATE, GROUP}
    assert {call.type for call in changes if call.operation == "delete"} == {
        *BAKED,
        "docker:index/image:Image",
    }
    (updated,) = shop.resources(GROUP)
    assert updated["id"] == group["id"]
    versions = [found["outputs"]["launchTemplate"]["version"] for found in (group, updated)]
    assert int(versions[1]) == int(versions[0]) + 1


def test_a_larger_database_is_the_same_database(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(rdsClass="db.t3.small", rdsMultiAz="true", rdsBackupDays=14)
    shop.up()
    changes = {(call.operation, call.type) for call in shop.changes_since(before)}
    assert changes == {("update", DATABASE)}


def test_destroy_removes_in_a_legal_order_all_but_the_files_and_a_last_snapshot(shop: Cloudless) -> None:
    (database,) = [call for call in shop.cloud.live().values() if call.type == DATABASE]
    assert database.inputs["skipFinalSnapshot"] is False
    assert database.inputs["finalSnapshotIdentifier"] == f"{database.inputs['identifier']}-final"
    shop.destroy()
    assert {call.type for call in shop.cloud.live().values()} == KEPT
    assert shop.state()["deployment"].get("resources", []) == []
