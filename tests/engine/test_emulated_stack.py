"""`make up STACK=monolith EMULATOR=1` on the real engine: apart from what is real, and without an account."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.emulator import Emulator, emulated_aws
from tests.engine.cloudless import DOUBLES, PROJECT, PROVIDERS
from tests.engine.doubles.cloud import Cloud
from tests.engine.doubles.wire import reveal
from tools import deploy
from tools.engine import Engine
from tools.errors import UserError
from tools.stack import Stack

SECRET = "bookstore:duckdnsToken"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with emulated_aws() as running:
        yield running


@pytest.fixture
def stack(emulator: Emulator, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The stage in a copy of the checkout, of a user who has an account, a backend and a secret setting."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "infra", project / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    (project / "bookstore").mkdir()
    (project / ".venv").symlink_to(sys.prefix)  # PulumiPolicy.yaml names it
    shutil.copy(PROJECT / "Pulumi.yaml", project)
    settings = yaml.safe_load((PROJECT / "Pulumi.monolith.yaml").read_text())
    settings["config"] |= {"bookstore:duckdnsDomain": "my-books", SECRET: {"secure": "v1:of:another"}}
    (project / "Pulumi.monolith.yaml").write_text(yaml.safe_dump(settings))
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    for provider in PROVIDERS:
        (plugins / f"pulumi-resource-{provider}").symlink_to(DOUBLES / "launch.sh")
    for name in os.environ:
        if name.startswith(("AWS_", "PULUMI_")) or name in {"PORT", "CONFIG", "YES", "NO_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{plugins}:{os.environ['PATH']}")
    monkeypatch.setenv("DOUBLES", str(tmp_path / "cloud"))
    monkeypatch.setenv("PYTHONPATH", str(project))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi-home"))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://a-bucket-of-the-user")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-real-key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-real-token")
    return Stack("monolith", engine, project, emulator.endpoint)


def test_a_stage_goes_up_and_down_on_an_emulated_aws(
    stack: Stack, emulator: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    tracked = (stack.project / "Pulumi.monolith.yaml").read_text()
    again = f"STACK=monolith EMULATOR=1 EMULATOR_PORT={emulator.port}"
    assert deploy.up(stack) == 0
    said = capfd.readouterr().out
    assert "✅ bookstore@" in said, "the policies were not run"
    assert f"look at it   {emulator.endpoint}/moto-api/" in said

    cloud = Cloud(Path(os.environ["DOUBLES"]))
    settings = [call.inputs for call in cloud.calls() if call.operation == "configure"]
    for aws in (chosen for chosen in settings if "defaultTags" in chosen):
        (endpoints,) = aws["endpoints"]
        assert {"ec2", "iam", "s3", "secretsmanager", "sns", "ssm", "sts"} <= endpoints.keys()
        assert set(endpoints.values()) == {emulator.endpoint}
        assert {reveal(aws["accessKey"]), reveal(aws["secretKey"])} == {"test"}
        for check in ("skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"):
            assert aws[check] is True
    assert any("defaultTags" in chosen for chosen in settings)
    assert {stack.environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")} == {"test"}
    assert "AWS_SESSION_TOKEN" not in stack.environment
    assert not any(call.type.startswith("docker:") for call in cloud.live().values())
    assert "sslip.io" in str(stack.outputs()["url"]), "a name of the user's leads to nobody's address"

    assert (stack.project / "Pulumi.monolith.yaml").read_text() == tracked
    (kept,) = (stack.project / ".pulumi-state").rglob("monolith.json")
    assert kept.is_relative_to(stack.project / ".pulumi-state" / "emulator")

    assert deploy.status(stack) == 0
    assert deploy.logs(stack) == 0
    assert "never boot" in capfd.readouterr().out
    assert deploy.down(stack) == 0
    with pytest.raises(UserError, match=f"not deployed.*\n.*make up {again}"):
        deploy.status(stack)


def test_a_new_emulator_forgets_what_was_on_the_last_one(tmp_path: Path) -> None:
    from tools import emulator as tool

    assert tool.state(tmp_path, "http://127.0.0.1:1") != tool.state(tmp_path, "http://127.0.0.1:2")
    old = tool.state(tmp_path, "http://127.0.0.1:1") / "project"
    old.mkdir(parents=True)
    tool.forget(tmp_path, "http://127.0.0.1:1")
    assert not old.parent.exists()
    tool.forget(tmp_path, "http://127.0.0.1:1")
