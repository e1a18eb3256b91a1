"""The kubeconfig that a stage on Kubernetes takes."""

from pathlib import Path

import pytest

from infra import config
from infra.config import Cluster


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return tmp_path


def kubeconfig(written: str = "") -> str:
    """Return the file that a stack takes whose setting is this."""
    chosen = config.parse("cluster", {"bookstore:cluster": "kubeconfig", "bookstore:kubeconfig": written})
    assert isinstance(chosen, Cluster)
    return chosen.kubeconfig


def test_the_setting_comes_before_the_environment_and_that_before_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kubeconfig() == str(home / ".kube" / "config")
    (home / "second").write_text("kind: Config\n")
    monkeypatch.setenv("KUBECONFIG", f"{home / 'first'}:{home / 'second'}")
    assert kubeconfig() == str(home / "second")
    assert kubeconfig("~/mine") == str(home / "mine")


def test_where_the_environment_names_no_file_that_exists_its_first_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", f"{home / 'first'}:{home / 'second'}")
    assert kubeconfig() == str(home / "first")
