"""`make mirror` with the real engine and the real skopeo, into a registry that asks for ECR's password."""

import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockshop import images
from tests.emulator import Emulator, emulated_aws
from tests.sockshop.registry import Registry, serve
from tests.tools.conftest import check, program
from tools import deploy, preflight, registry
from tools.engine import Engine
from tools.errors import UserError
from tools.preflight import Request
from tools.stack import Stack
from tools.summary import closing

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ADDRESS = f"{HOST}/sock-shop-a1b2c3d"
PASSWORD = "123456789012-auth-token"  # moto's ECR
PROGRAM = f"""
import pulumi

pulumi.export("registry", "{ADDRESS}")
pulumi.export("grafana_password", pulumi.Output.secret("a-good-password"))
"""
# Notes how it is called, and who may read the file with the password.
SKOPEO = f"""#!/bin/sh
echo "$@" >> "$NOTES"
for word; do
  case $before in --*authfile) ls -l "$word" | cut -c 1-10 >> "$NOTES" ;; esac
  before=$word
done
exec {shutil.which("skopeo")} "$@"
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with emulated_aws() as running:
        yield running


@pytest.fixture(autouse=True)
def user(installed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user without credentials; nothing is chosen."""
    for name in os.environ:
        chosen = {"CONFIG", "PORT", "EMULATOR", "YES", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE"}
        if name.startswith(("AWS_", "PULUMI_")) or name in chosen or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("home", "temporary", "bin"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi-home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    program(tmp_path / "bin" / "skopeo", SKOPEO)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "home"


@pytest.fixture
def keys(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in the environment, for an AWS whose STS and ECR are the emulator's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)


@pytest.fixture
def stack(tmp_path: Path, engine: Engine) -> Stack:
    """A stack that has made a registry."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    (project / "Pulumi.sockshop.yaml").write_text("config: {}\n")
    (project / "__main__.py").write_text(PROGRAM)
    stack = Stack("sockshop", engine, project)
    stack.create()
    assert stack.run("up", "--yes", "--skip-preview") == 0
    return stack


@pytest.fixture
def internet(user: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Docker Hub, where the user is known and has two of the images, and ECR, behind a proxy without TLS."""
    monkeypatch.setattr(images, "ALL", (images.CARTS, images.REDIS))
    (user / ".config" / "containers").mkdir(parents=True)
    (user / ".config" / "containers" / "registries.conf").write_text(
        "".join(f'[[registry]]\nlocation = "{host}"\ninsecure = true\n' for host in ("docker.io", HOST))
    )
    (user / ".docker").mkdir()
    mine = key("me", "of Docker Hub").split()[1]
    (user / ".docker" / "config.json").write_text(json.dumps({"auths": {"docker.io": {"auth": mine}}}))
    keys = {HOST: key("AWS", PASSWORD), "registry-1.docker.io": f"Basic {mine}"}
    with serve(Registry(keys=keys)) as both:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://{both.address}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        both.add("weaveworksdemos/carts", "0.4.8", ("amd64",))
        both.add("library/redis", "7.2.5-alpine", ("amd64", "arm64"))
        yield both


def again(stack: Stack, command: str) -> Request:
    """The stack as the next command sees it."""
    request = Request.of(command, stack.name, project=stack.project)
    request.stack = Stack(stack.name, stack.engine, stack.project, settings=request.settings)
    return request


def key(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def files(directory: Path) -> set[Path]:
    return {path for path in directory.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("keys")
def test_the_images_arrive_once_and_the_password_stays_nowhere(
    stack: Stack,
    internet: Registry,
    user: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CONFIG", "cluster=stack")
    stack = again(stack, "mirror").stack
    before = files(user)
    assert deploy.mirror(stack) == 0
    shown = capfd.readouterr().out
    assert f"To {ADDRESS}:\n 1/2 carts:0.4.8 ... copied (sha256:" in shown
    assert shown.endswith("make up STACK=sockshop CONFIG='cluster=stack imageRegistry=ecr'\n")
    for original, repository in ((images.CARTS, "weaveworksdemos/carts"), (images.REDIS, "library/redis")):
        copy = ("sock-shop-a1b2c3d/" + images.repository(original), images.tag(original))
        assert internet.manifests[copy] == internet.manifests[repository, images.tag(original)]
    assert deploy.mirror(stack) == 0
    assert "2/2 redis:7.2.5-alpine ... exists (sha256:" in capfd.readouterr().out

    notes = (tmp_path / "notes").read_text()
    assert notes.count("copy --all") == 2
    assert notes.count("-rw-------") == 6  # looked for and copied, looked for again
    for secret in (PASSWORD, key("AWS", PASSWORD).split()[1]):
        assert secret not in notes + shown
    assert files(user) == before
    assert files(tmp_path / "temporary") == set()


def test_who_is_signed_in_by_aws_login_has_the_aws_cli_ask(
    internet: Registry, user: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (user / ".aws").mkdir()
    (user / ".aws" / "config").write_text("[default]\nlogin_session = arn:aws:sts::123456789012:user\n")
    program(
        tmp_path / "bin" / "aws",
        f'#!/bin/sh\n[ "$*" = "ecr get-login-password --region us-east-1" ] && echo {PASSWORD}\n',
    )
    registry.fill(ADDRESS)
    assert "2/2 redis:7.2.5-alpine ... copied (sha256:" in capfd.readouterr().out
    program(tmp_path / "bin" / "aws", "#!/bin/sh\necho your session is over >&2; exit 1\n")
    with pytest.raises(UserError, match=r"your session is over\n.*aws login"):
        registry.fill(ADDRESS)


@pytest.mark.usefixtures("keys")
def test_what_goes_wrong_is_said_with_its_remedy(
    internet: Registry, aws: Emulator, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    internet.keys[HOST] = key("AWS", "of another account")
    with pytest.raises(
        UserError, match=rf"carts:0.4.8 cannot be copied to {ADDRESS}/carts(.|\n)*you may push"
    ):
        registry.fill(ADDRESS)
    assert capfd.readouterr().out.endswith("carts:0.4.8 ... failed\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{internet.address}/nothing")
    with pytest.raises(UserError, match=r"ECR gives no password(.|\n)*ecr:GetAuthorizationToken"):
        registry.fill(ADDRESS)
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    with pytest.raises(UserError, match=r"skopeo is not on PATH\n  Remedy: install it"):
        registry.fill(ADDRESS)


def test_a_stack_without_a_registry_is_told_what_to_do(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = r"python -m sockshop mirror REGISTRY, and then CONFIG=imageRegistry=REGISTRY"
    for name in ("dev", "monolith"):
        with pytest.raises(UserError, match=r"no images of others.*\n.*make mirror STACK=sockshop"):
            check("mirror", name)
    with pytest.raises(UserError, match=rf"on AWS alone.*\n.*{elsewhere}"):
        check("mirror", "sockshop", "http://127.0.0.1:5566")
    with pytest.raises(UserError, match=rf"No AWS credentials(.|\n)*{elsewhere}"):
        check("mirror", "sockshop")
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig")
    with pytest.raises(UserError, match=rf"on AWS alone.*\n.*{elsewhere}"):
        check("mirror", "sockshop")
    (stack.project / "__main__.py").write_text(
        "import pulumi\npulumi.export('url', 'http://localhost:30001')\n"
    )
    assert stack.run("up", "--yes", "--skip-preview") == 0
    with pytest.raises(UserError, match=rf"sockshop has made no registry.*\n.*{elsewhere}"):
        deploy.mirror(stack)
    monkeypatch.setenv("CONFIG", "imageRegistry=ecr")
    with pytest.raises(
        UserError, match=r"which does not exist yet.*\n.*without imageRegistry=ecr, then make mirr"
    ):
        preflight.registry_exists(again(stack, "up"))


def test_what_is_secret_is_not_shown(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert deploy.status(stack) == 0
    shown = capfd.readouterr().out + closing(stack, stack.outputs(), 1.0)
    assert shown.count(ADDRESS) == 2
    assert "a-good-password" not in shown
