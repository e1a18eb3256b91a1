"""The port of the local shop is looked at before anything is made, and stays from run to run."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ports
from tools.errors import UserError
from tools.settings import StackSettings


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".pulumi-state").mkdir()
    (tmp_path / "data" / "run").mkdir(parents=True)
    (tmp_path / "Pulumi.mine.yaml").write_text(
        "config:\n  bookstore:stage: dev\n  bookstore:port: 8080\n"
        f"  bookstore:dataDirectory: {tmp_path}/data\n"
    )
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def serve_at(project: Path, port: int) -> None:
    (project / "data" / "run" / "address").write_text(f"127.0.0.1:{port}")


def test_a_port_that_another_program_holds_is_said_with_one_that_is_free(
    project: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(UserError, match=rf"holds port {taken} of.*\n.*make preview STACK=mine PORT=\d+$"):
        ports.require(StackSettings.read(project, "mine"), "preview")
    serve_at(project, 8097)
    with pytest.raises(UserError, match=r"The shop runs at 127.0.0.1:8097\.\n.*PORT=8097"):
        ports.require(StackSettings.read(project, "mine"), "up")
    serve_at(project, taken)
    ports.require(StackSettings.read(project, "mine"), "up")


def test_the_shop_stays_where_an_earlier_run_put_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "8097")
    ports.remember(StackSettings.read(project, "mine"), project)
    serve_at(project, 8097)
    monkeypatch.delenv("PORT")
    plain = StackSettings.read(project, "mine")
    assert ports.kept(plain, project).get("port") == "8097"
    assert "stays on port 8097" in capsys.readouterr().out
    assert ports.kept(ports.kept(plain, project), project).given == ("port=8097",)

    monkeypatch.setenv("PORT", "8099")
    assert ports.kept(StackSettings.read(project, "mine"), project).get("port") == "8099"
    monkeypatch.delenv("PORT")
    serve_at(project, 8080)  # by Pulumi by hand
    assert ports.kept(plain, project).get("port") == "8080"
    serve_at(project, 8097)
    file = project / "Pulumi.mine.yaml"
    file.write_text(file.read_text().replace("8080", "8081"))
    assert ports.kept(StackSettings.read(project, "mine"), project).get("port") == "8081"
    ports.forget("mine", project)
    assert ports.kept(plain, project).get("port") == "8080"
