"""The server's log as `make logs` shows it."""

import itertools
import threading
from pathlib import Path

import pytest

from infra.apps.bookstore.local import report
from infra.apps.bookstore.local.data_directory import DataLayout
from infra.components.local import log
from infra.components.local.log import Log


def test_the_tail_is_the_last_lines(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_bytes(b"one\ntwo\nth\xffree\n")
    assert Log(path).tail(2) == ["two", "th\ufffdree"]


def test_a_log_that_does_not_exist_has_no_lines(tmp_path: Path) -> None:
    assert Log(tmp_path / "server.log").tail(2) == []


def test_following_shows_what_comes_also_in_the_next_file(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("before\n")
    lines = Log(path).follow()
    stop = threading.Event()

    def write() -> None:
        for number in itertools.count():
            with path.open("a") as file:
                file.write(f"line {number}\n")
            if number == 20:
                path.rename(tmp_path / "server.1.log")
            if stop.wait(0.01):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        numbers = [int(next(lines).removeprefix("line ")) for _ in range(60)]
    finally:
        stop.set()
        writer.join()
    assert numbers == sorted(set(numbers))
    assert max(numbers) > 20


def test_only_a_large_log_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_SIZE", 10)
    path = tmp_path / "server.log"
    path.write_text("ten bytes!")
    Log(path).rotate()
    assert path.exists()
    path.write_text("eleven bytes")
    Log(path).rotate()
    assert not path.exists()
    assert (tmp_path / "server.1.log").read_text() == "eleven bytes"


def test_the_logs_of_a_shop_are_its_last_hundred_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = DataLayout(tmp_path).log
    path.parent.mkdir()
    path.write_text("".join(f"{number}\n" for number in range(150)))
    assert report.main(["logs", str(tmp_path)]) == 0
    assert capsys.readouterr().out.split() == [str(number) for number in range(50, 150)]


@pytest.mark.parametrize("command", ["status", "logs"])
def test_a_shop_that_was_never_started_is_reported_with_the_remedy(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main([command, str(tmp_path)]) == 1
    assert "make up" in capsys.readouterr().err
