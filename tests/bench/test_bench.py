"""That the bench measures everything and writes about it; how fast anything is, no test may ask."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bench import plot, table
from bench.books import COMMON, RARE, RARE_BOOKS, USUAL, rows
from bench.load import Timing
from bench.results import Memory, Page, Question, Results, Thoughtful, middle
from bench.serving import ROOT


def results(catalogue: float) -> Results:
    timing = Timing(100, 1.5, 2.5, 3.5, 0)
    return Results(
        machine="a machine",
        date="2026-01-01",
        commit="abc",
        quick=False,
        page_bytes=20_000,
        pages=[
            Page("yardstick", "SQLite", 1, timing, 1000),
            Page("catalogue", "SQLite", 1, timing, catalogue),
            Page("book", "SQLite", 1, timing, 700),
            Page("member", "SQLite", 1, timing, 200),
            Page("purchase", "SQLite", 1, timing, 300),
        ],
        people=[Thoughtful("SQLite", 50, 3, 0.25, {"/cart": timing})],
        questions=[Question("first page", "SQLite", {1000: 2.0, 1_000_000: 3.0})],
        memory=[Memory("SQLite", 2, 120, 60, 150, 70)],
    )


def test_a_promise_that_is_missed_is_said_to_be() -> None:
    assert "**missed**" not in table.write(results(catalogue=500))
    text = table.write(results(catalogue=499))
    (missed,) = [line for line in text.splitlines() if "**missed**" in line]
    assert missed.startswith("| The catalogue serves")


def test_the_picture_is_well_formed() -> None:
    root = ElementTree.fromstring(plot.draw(results(catalogue=600)))
    words = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"600", "first page", "/cart", "25 %"} <= words


def test_results_are_kept(tmp_path: Path) -> None:
    results(500).save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results(500)


def test_a_disturbed_round_does_not_count_but_its_failures_do() -> None:
    rounds = [Timing(rate, 1, 2, 3, failed) for rate, failed in ((10, 1), (100, 0), (90, 0))]
    assert middle(rounds) == Timing(90, 1, 2, 3, 1)


@pytest.mark.parametrize("count", [1_000, 2_000])
def test_words_are_as_rare_as_the_questions_say(count: int) -> None:
    titles = [set(row.title_key.split()) for row in rows(count)]
    found = {word: sum(word in title for title in titles) for word in (COMMON, USUAL, RARE)}
    assert found == {COMMON: count // 2, USUAL: count // 100, RARE: RARE_BOOKS}


def test_a_quick_run_measures_everything(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--out", str(tmp_path), "--work", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "bench.md").read_text()
    for database in ("SQLite", "MariaDB"):
        for row in (
            "bare Flask route",
            "catalogue page",
            "book page",
            "catalogue page, signed in",
            "purchase, whole",
            "a rare word (5 books)",
        ):
            assert f"| {row} | {database} |" in text
    assert "its numbers mean nothing" in text
    ElementTree.parse(tmp_path / "bench.svg")
