"""The stack `monolith` on the real engine, with provider doubles for a cloud."""

from pathlib import Path

import pytest

from tests.engine.cloudless import Cloudless
from tools.engine import Engine

INSTANCE, VOLUME = "aws:ec2/instance:Instance", "aws:ebs/volume:Volume"
KEPT = {
    VOLUME,
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
}


@pytest.fixture(scope="module")
def deployed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Cloudless:
    """The stage, deployed once with a create that fails at first."""
    shop = Cloudless(tmp_path_factory.mktemp("monolith"), engine, "monolith")
    seen = shop.up(fails=True, DOUBLES_FAIL="database")
    assert "InsufficientCapacity" in seen
    made = len(shop.cloud.live())
    assert made > 0
    shop.up(DOUBLES_FAIL="database")
    assert [call.name for call in shop.cloud.calls() if call.operation == "fail"] == ["database"]
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


def test_secrets_are_encrypted_and_reach_no_machine_in_the_open(shop: Cloudless) -> None:
    values = [
        call.outputs["secretString"]["value"]
        for call in shop.cloud.live().values()
        if call.type == "aws:secretsmanager/secretVersion:SecretVersion"
    ]
    assert len(values) >= 4
    state = str(shop.state())
    user_data = str([call.inputs["userData"] for call in shop.cloud.live().values() if call.type == INSTANCE])
    shown = shop.pulumi("stack", "output", "--json") + shop.pulumi("preview", "--diff")
    for value in values:
        assert value not in state
        assert value not in user_data
        assert value not in shown


def test_another_size_of_machine_replaces_no_data(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(databaseInstanceType="t3.small", appInstanceType="t3.medium")
    shop.up()
    changes = {(call.operation, call.type, call.name) for call in shop.changes_since(before)}
    assert changes == {("update", INSTANCE, "app"), ("update", INSTANCE, "database")}


def test_another_image_replaces_machines_and_keeps_data_and_address(shop: Cloudless) -> None:
    before = len(shop.cloud.calls())
    shop.set(ami="ami-0fedcba9876543210", orderTimeoutMinutes=20)
    shop.up()
    changes = shop.changes_since(before)
    replaced = {call.type for call in changes if call.operation == "delete"}
    assert replaced >= {INSTANCE, "aws:ec2/volumeAttachment:VolumeAttachment"}
    assert not replaced & {VOLUME, "aws:ec2/eip:Eip", "aws:s3/bucket:Bucket"}


def test_destroy_removes_in_a_legal_order_all_but_the_data(shop: Cloudless) -> None:
    shop.destroy()
    left = {call.type for call in shop.cloud.live().values()}
    assert left == KEPT
    assert shop.state()["deployment"].get("resources", []) == []


def test_an_emulator_is_what_the_provider_talks_to(engine: Engine, tmp_path: Path) -> None:
    shop = Cloudless(tmp_path, engine, "monolith")
    emulator = "http://127.0.0.1:4566"
    shop.pulumi("preview", "--config", f"bookstore:emulator={emulator}")
    settings = [call.inputs for call in shop.cloud.calls() if call.operation == "configure"]
    (aws,) = [chosen for chosen in settings if "endpoints" in chosen]
    (endpoints,) = aws["endpoints"]
    assert {"ec2", "iam", "s3", "secretsmanager", "sns", "ssm", "sts"} <= endpoints.keys()
    assert set(endpoints.values()) == {emulator}
    assert aws["skipCredentialsValidation"] is True
