"""The smoke check and the load, as commands, against the real shop."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.serving import ROOT, Served, shop
from probe import runner
from probe.bookstore import journey
from probe.client import Browser
from probe.page import ShopError
from probe.shops import SHOPS


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with shop(tmp_path_factory.mktemp("shop")) as it:
        yield it


def probe(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_whole_journey_goes_well(running: Served) -> None:
    done = probe("probe.smoke", running.url)
    assert done.returncode == 0, done.stdout + done.stderr + running.log.read_text()[-4000:]
    assert "21 steps" in done.stdout
    assert "✗" not in done.stdout


def test_a_step_that_fails_says_where_and_what_to_do(tmp_path: Path, running: Served) -> None:
    # A shop below an address that is not its root: it answers, but no page is where it should be.
    done = probe("probe.smoke", running.url + "/nothing")
    assert done.returncode == 1
    assert "✗ reach the shop" in done.stdout
    assert f"{running.url}/nothing/healthz answered 404 where 200 was expected" in done.stdout
    assert "security group" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_shop_that_does_not_answer() -> None:
    done = probe("probe.smoke", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "http://127.0.0.1:1/healthz does not answer" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["probe.smoke", "ftp://shop"], "no address of a shop"),
        (["probe.smoke", "http://shop", "--authority", "missing.pem"], "missing.pem is not a file"),
        (["probe.load", "http://shop", "none", "5"], "no number from 1"),
    ],
)
def test_arguments_that_make_no_sense(arguments: list[str], message: str) -> None:
    done = probe(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_load_gives_a_verdict_and_a_report(running: Served, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = probe("probe.load", running.url, "3", "12", "--p95", "20000", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failures" in done.stdout
    assert "promised are 20000 ms" in done.stdout
    assert "The shop keeps its promise." in done.stdout
    assert "/register" in report.read_text()
    late = probe("probe.load", running.url, "1", "10", "--p95", "1", "--report", str(report))
    assert late.returncode == 1
    assert "The shop does not keep its promise." in late.stdout


def test_a_load_of_a_shop_that_does_not_answer_keeps_the_last_report(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("the last one")
    done = probe("probe.load", "http://127.0.0.1:1", "3", "12", "--report", str(report))
    assert done.returncode == 1
    assert done.stderr.startswith("There is no shop to load: http://127.0.0.1:1/healthz does not answer")
    assert "Traceback" not in done.stdout + done.stderr
    assert report.read_text() == "the last one"


def test_what_a_failed_step_leaves_is_taken_away(running: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise ShopError("no payment today")

    monkeypatch.setattr(journey, "pay", refuse)
    told: list[str] = []
    assert runner.run(SHOPS["bookstore"].scenario, running.url, None, told.append) == 1
    assert "no payment today" in "".join(told)
    assert journey.search(Browser(running.url), "Smoke") == []
