"""The smoke check and the load, as commands, against the real shop."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.serving import ROOT, Served, shop


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
    assert "19 steps" in done.stdout
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


def test_the_load_reports_percentiles(running: Served, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = probe("probe.load", running.url, "3", "12", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "99%" in done.stderr + done.stdout
    assert "/register" in report.read_text()
