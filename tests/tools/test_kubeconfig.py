"""A stack on a cluster that there is says what is wrong with it before the engine starts."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.tools.conftest import check
from tools import kubeconfig, preflight
from tools.errors import UserError
from tools.preflight import Request

STACKS = ["cluster", "sockshop"]


@pytest.fixture(autouse=True)
def nobody(installed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user with neither credentials nor a kubeconfig."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",
        "CONFIG",
        "KUBECONFIG",
        preflight.FORGET_CLUSTER,
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Something that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def write(file: Path, port: int) -> Path:
    """A kubeconfig as kind writes it."""
    file.write_text(
        yaml.safe_dump(
            {
                "clusters": [{"name": "kind", "cluster": {"server": f"https://127.0.0.1:{port}"}}],
                "contexts": [{"name": "kind-bookstore", "context": {"cluster": "kind", "user": "kind"}}],
                "current-context": "kind-bookstore",
            }
        )
    )
    return file


@pytest.mark.parametrize("stack", STACKS)
def test_a_cluster_that_there_is_needs_no_account(
    stack: str, tmp_path: Path, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig")
    with pytest.raises(UserError, match=r"\.kube/config cannot be read.*\n.*kind create cluster"):
        check("preview", stack)
    with pytest.raises(UserError, match=r"needs no emulator"):
        check("preview", stack, "http://127.0.0.1:5566")
    (tmp_path / ".kube").mkdir()
    write(tmp_path / ".kube" / "config", server.getsockname()[1])
    check("preview", stack)
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig kubeContext=minikube")
    with pytest.raises(UserError, match="no context minikube; it has: kind-bookstore"):
        check("preview", stack)


def test_an_image_to_be_pushed_needs_docker_or_to_be_in_a_registry_already(
    tmp_path: Path, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".kube").mkdir()
    write(tmp_path / ".kube" / "config", server.getsockname()[1])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig pushImage=true")
    with pytest.raises(UserError, match=r"there is no Docker(.|\n)*pushImage=false image=REFERENCE") as said:
        check("up", "cluster")
    assert "buildImage" not in str(said.value)


@pytest.mark.parametrize("stack", STACKS)
def test_what_cannot_be_taken_down_can_be_forgotten(
    stack: str, tmp_path: Path, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".kube").mkdir()
    write(tmp_path / ".kube" / "config", server.getsockname()[1])
    monkeypatch.setenv("CONFIG", "cluster=kubeconfig kubeContext=kind-bookstore")
    preflight.check(Request.of("down", stack), checks=preflight.REMOVAL)
    server.close()
    forget = f"make down STACK={stack} PULUMI_K8S_DELETE_UNREACHABLE=true CONFIG='cluster=kubeconfig kube"
    with pytest.raises(UserError, match=rf"does not answer at https(.|\n)*gone for good.*{forget}"):
        preflight.check(Request.of("down", stack), checks=preflight.REMOVAL)
    (tmp_path / ".kube" / "config").unlink()
    with pytest.raises(UserError, match=rf"config cannot be read(.|\n)*gone for good.*{forget}"):
        preflight.check(Request.of("down", stack), checks=preflight.REMOVAL)
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    preflight.check(Request.of("down", stack), checks=preflight.REMOVAL)


def test_a_cluster_that_does_not_answer_is_said(tmp_path: Path, server: socket.socket) -> None:
    file = write(tmp_path / "config", server.getsockname()[1])
    kubeconfig.require(file, "")
    server.close()
    with pytest.raises(
        UserError, match=r"(?s)kind-bookstore does not answer at https://127.*get nodes` works"
    ):
        kubeconfig.require(file, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: Config\n", "no current context; it has: none"),
        ("- no\n- mapping\n", "is no kubeconfig"),
        ("a: [", "is no kubeconfig"),
        ("current-context: a\ncontexts: [{name: a, context: {cluster: b}}]\n", "does not answer at no addr"),
    ],
)
def test_a_file_that_leads_nowhere_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(UserError, match=message):
        kubeconfig.require(tmp_path / "config", "")


def test_the_environment_names_the_file_as_for_kubectl(
    tmp_path: Path, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = write(tmp_path / "mine", server.getsockname()[1])
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'gone'}:{mine}")
    assert kubeconfig.file("") == mine
    assert kubeconfig.file("~/theirs") == tmp_path / "theirs"
    monkeypatch.delenv("KUBECONFIG")
    assert kubeconfig.file("") == tmp_path / ".kube" / "config"
