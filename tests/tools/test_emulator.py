"""`make emulator` starts an AWS of one's own, which knows what the stages ask for."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.session import Session

from infra.config import STAGES
from tests.emulator import Emulator, emulated_aws
from tools import cloud, credentials, docker
from tools import emulator as tool
from tools.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = "make emulator, and in another terminal: make up STACK=monolith EMULATOR=1"


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with emulated_aws() as running:
        yield running


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without credentials, on a machine that has no role."""
    for name in os.environ:
        settings = {"EMULATOR", "EMULATOR_PORT", "CONFIG", "PORT"}
        if name.startswith("AWS_") or name in settings or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def keys(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in the environment, for an AWS whose STS is the emulator's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.endpoint)


def serve(port: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.emulator"],
        env={**os.environ, "EMULATOR_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_says_where_it_is_and_how_to_use_it(aws: Emulator) -> None:
    assert f"{aws.endpoint}/moto-api/" in aws.said
    assert f"make up STACK=monolith EMULATOR=1 EMULATOR_PORT={aws.port}" in aws.said
    tool.require(aws.endpoint)


@pytest.mark.usefixtures("keys")
def test_it_knows_every_public_image_that_the_settings_name(aws: Emulator) -> None:
    fields = [field for stage in STAGES.values() for field in stage.model_fields.values()]
    names = {field.default for field in fields if str(field.default).startswith("/aws/")}
    assert names
    for region in ("us-east-1", "eu-central-1", "sa-east-1"):
        ssm, ec2 = (
            Session().create_client(service, region_name=region, endpoint_url=aws.endpoint)
            for service in ("ssm", "ec2")
        )
        for name in names:
            image = ssm.get_parameter(Name=name)["Parameter"]["Value"]
            (found,) = ec2.describe_images(ImageIds=[image])["Images"]
            assert found["Architecture"] == "x86_64"


def test_a_taken_port_is_said_with_the_next_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = serve(port)
    assert refused.returncode == 1
    assert f"Port {port} of 127.0.0.1 is not to be had" in refused.stderr
    assert f"EMULATOR_PORT={port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_none_is_asked_for_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tool.chosen() is None
    monkeypatch.setenv("EMULATOR", "1")
    assert tool.chosen() == "http://127.0.0.1:5566"
    monkeypatch.setenv("EMULATOR_PORT", "7001")
    assert tool.chosen() == "http://127.0.0.1:7001"
    monkeypatch.setenv("EMULATOR", "http://moto.example:5000/")
    assert tool.chosen() == "http://moto.example:5000"
    monkeypatch.setenv("EMULATOR", "yes")
    with pytest.raises(UserError, match="no address"):
        tool.chosen()


def test_one_that_does_not_answer_is_said_with_the_command_that_starts_it() -> None:
    with socket.socket() as silent:  # bound, so nobody else listens there
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(UserError, match=f"make emulator EMULATOR_PORT={port}"):
            cloud.require("up", "monolith", f"http://127.0.0.1:{port}")


def test_the_local_stack_needs_no_emulator_and_no_credentials() -> None:
    cloud.require("up", "dev", None)
    with pytest.raises(UserError, match="leave EMULATOR out"):
        cloud.require("up", "dev", "http://127.0.0.1:5566")


@pytest.mark.parametrize("stack", ["cluster", "sockshop"])
def test_a_stack_on_kubernetes_needs_an_account_or_a_cluster_that_there_is(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"a cluster that you have: make up STACK={stack} CONFIG=cluster=kubeconfig"
    with pytest.raises(UserError, match=rf"No AWS credentials(.|\n)*{own}"):
        cloud.require("up", stack, None)
    with pytest.raises(UserError, match=rf"an emulated AWS has none.*\n.*{own}"):
        cloud.require("up", stack, "http://127.0.0.1:5566")
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig")
    with pytest.raises(UserError, match=r"The kubeconfig .* cannot be read"):
        cloud.require("up", stack, None)
    with pytest.raises(UserError, match="not on AWS"):
        cloud.require("up", stack, "http://127.0.0.1:5566")


def test_no_credentials_are_said_with_the_ways_to_get_some() -> None:
    with pytest.raises(UserError) as said:
        cloud.require("preview", "monolith", None)
    for way in (
        "No AWS credentials",
        "aws login",
        "AWS_ACCESS_KEY_ID",
        "make preview STACK=monolith EMULATOR=1",
    ):
        assert way in str(said.value)


def test_preview_says_it_before_an_engine_is_looked_for(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tools.deploy", "preview"],
        env={
            "PATH": "/nowhere",
            "HOME": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
            "STACK": "monolith",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("No AWS credentials were found.")
    assert "Traceback" not in said.stderr


@pytest.mark.usefixtures("keys")
def test_credentials_that_work_are_told_by_account_and_identity(capsys: pytest.CaptureFixture[str]) -> None:
    cloud.require("preview", "monolith", None)
    assert "AWS account 123456789012 as arn:aws:sts::123456789012:" in capsys.readouterr().out


@pytest.mark.usefixtures("keys")
def test_half_a_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UserError, match=r"half there.*AWS_SECRET_ACCESS_KEY"):
        credentials.require("us-east-1", WITHOUT)


def test_an_unknown_profile_is_said_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile shop]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_PROFILE", "shpo")
    with pytest.raises(UserError, match="no AWS profile shpo; your files have: shop"):
        credentials.require("us-east-1", WITHOUT)


def test_a_session_that_is_over_is_said_with_the_command_that_renews_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile shop]\nsso_session = us\nsso_account_id = 123456789012\nsso_role_name = Admin\n"
        "[sso-session us]\nsso_region = us-east-1\nsso_start_url = https://shop.example/start\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "shop")
    with pytest.raises(UserError, match=r"session is over.*\n.*aws sso login --profile shop"):
        credentials.require("us-east-1", WITHOUT)


def test_a_machine_without_internet_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(UserError, match=r"could not be asked.*\n.*reaches the Internet"):
            credentials.require("us-east-1", WITHOUT)


def test_an_emulated_aws_is_offered_for_what_it_takes() -> None:
    with pytest.raises(UserError) as whole:
        cloud.require_credentials("up", "monolith")
    assert WITHOUT in str(whole.value)
    with pytest.raises(UserError, match="make preview STACK=scaled EMULATOR=1"):
        cloud.require_credentials("up", "scaled")


@pytest.mark.usefixtures("keys")
def test_a_stage_that_builds_an_image_needs_docker(
    aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"there is no Docker.*\n.*CONFIG=buildImage=false") as whole:
        cloud.require("up", "monolith", None)
    assert f"where none is built: {WITHOUT}" in str(whole.value)
    cloud.require("up", "monolith", aws.endpoint)
    with pytest.raises(UserError, match=r"there is no Docker.*\n.*CONFIG=buildImage=false") as in_part:
        cloud.require("up", "scaled", None)
    assert "EMULATOR" not in str(in_part.value)
    cloud.require("preview", "monolith", None)
    monkeypatch.setenv("CONFIG", "buildImage=false")
    cloud.require("up", "monolith", None)


def test_a_docker_that_does_not_answer_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\necho no daemon here >&2; exit 1\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="does not answer: no daemon here"):
        docker.require("wait")
