"""The settings of a stack as make reads them before the engine does."""

from pathlib import Path

import pytest

from infra.config import ENCRYPTED, Dev, Monolith
from tools import settings
from tools.errors import UserError
from tools.stack import ROOT


@pytest.fixture(autouse=True)
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("file", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_the_files_of_the_checkout_are_right(file: Path) -> None:
    settings.parse(file)
    assert settings.read(file)["stage"] == file.name.split(".")[1]


def test_this_run_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text("config:\n  bookstore:stage: dev\n  bookstore:port: 8090\n  bookstore:workers: 3\n")
    monkeypatch.setenv("CONFIG", "workers=4 bookstore:orderTimeoutMinutes=20")
    monkeypatch.setenv("PORT", "8091")
    chosen = settings.parse(file)
    assert isinstance(chosen, Dev)
    assert (chosen.port, chosen.workers, chosen.order_timeout_minutes) == (8091, 4, 20)
    assert settings.read(file)["workers"] == "4"


def test_secrets_are_taken_unseen_and_an_emulated_aws_gets_none(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.monolith.yaml"
    file.write_text(
        "config:\n  bookstore:duckdnsDomain: books\n  bookstore:duckdnsToken:\n    secure: v1:abc\n"
        "  bookstore:alarmEmail:\n    secure: v1:def\n"
    )
    chosen = settings.parse(file)
    assert isinstance(chosen, Monolith)
    assert chosen.alarm_email == ENCRYPTED
    emulated = settings.parse(file, emulator="http://127.0.0.1:5566")
    assert isinstance(emulated, Monolith)
    assert (emulated.duckdns_token, emulated.alarm_email, emulated.build_image) == (None, None, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("config:\n  port: 8081\n", "port has no namespace"),
        ("config:\n  bookstroe:port: 8081\n", "bookstroe:port is in no namespace"),
        ("config:\n  bookstore:workers: yes\n", "bookstore:workers is true"),
        ("config: [\n", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(UserError, match=told):
        settings.parse(tmp_path / "Pulumi.dev.yaml")
