"""A stack on AWS and the policies, on the real engine: one that breaks them is refused, ours is not."""

import json
from pathlib import Path

import pytest

from infra.policies.pack import POLICIES
from tests.engine.cloudless import Cloudless
from tools import deploy
from tools.engine import Engine
from tools.stack import Stack


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloudless:
    """The stage, not deployed yet, of a user who answers every question with yes."""
    made = Cloudless(tmp_path, engine, "monolith")
    for name, value in {**made.environment, "YES": "1", "CONFIG": "", "PORT": ""}.items():
        monkeypatch.setenv(name, value)
    return made


def test_what_breaks_a_policy_is_refused_before_anything_is_made_and_the_stage_is_not(
    shop: Cloudless, engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    source = shop.project / "infra" / "components" / "aws" / "compute" / "data_volume.py"
    written = source.read_text()
    source.write_text(written.replace("encrypted=True", "encrypted=False"))
    assert deploy.up(Stack("monolith", engine, shop.project)) != 0
    said = capfd.readouterr().out
    for volume in ("app-data", "database-data"):
        assert f"{volume} (aws:ebs/volume:Volume): its data is not encrypted; set encrypted=True." in said
    assert said.count("[mandatory]") == 2
    assert shop.cloud.live() == {}

    source.write_text(written)
    log = shop.project / "events"
    # The flag is one of those that the engine shows to its own developers.
    asked = ("--policy-pack", "infra/policies", "--event-log", str(log))
    shop.pulumi("preview", *asked, PULUMI_DEBUG_COMMANDS="true")
    passed, planned = {}, set()
    for event in map(json.loads, log.read_text().splitlines()):
        if held := event.get("policyAnalyzeSummaryEvent"):
            passed[held["resourceUrn"]] = set(held["passed"])
        if step := event.get("resourcePreEvent"):
            planned.add(step["metadata"]["urn"])
    assert len(planned) > 100
    every = {policy.name for policy in POLICIES}
    assert passed == dict.fromkeys(planned, every)
