"""The smoke check and the load for Sock Shop, as commands, against a stand-in of its front end."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.probe.front_end import Shop, serve

ROOT = Path(__file__).resolve().parents[2]


def probe(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_whole_journey_goes_well() -> None:
    with serve(Shop()) as shop:
        done = probe("probe.smoke", shop.url, "--shop", "sockshop")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 steps" in done.stdout
    assert "the shop sells socks" in done.stdout
    (order,) = shop.orders
    # Two pairs of what can be paid for, and the way to the customer.
    assert order["total"] == pytest.approx(2 * 17.32 + 4.99)
    assert shop.customers == {}


@pytest.mark.parametrize(
    ("broken", "step", "words"),
    [
        ("catalogue", "browse the catalogue", "has the catalogue been loaded?"),
        ("carts", "fill the cart", "answered 500 where 201 was expected"),
        ("payment", "order", "Payment declined"),
        ("orders-db", "find it among my orders", "Does orders-db keep what orders writes?"),
    ],
)
def test_a_service_that_is_broken_is_told_by_its_step(broken: str, step: str, words: str) -> None:
    with serve(Shop(broken)) as shop:
        done = probe("probe.smoke", shop.url, "--shop", "sockshop")
    assert done.returncode == 1
    assert f"✗ {step} " in done.stdout
    assert words in done.stdout
    assert "Traceback" not in done.stderr


def test_make_chooses_the_shop_by_the_stack() -> None:
    for target, words in (
        ("smoke", "probe.smoke 'http://shop' --shop sockshop"),
        ("load", "--shop sockshop"),
    ):
        said = subprocess.run(
            ["make", "--dry-run", target, "STACK=sockshop", "URL=http://shop"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert words in said.stdout


def test_the_load_buys_socks_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    with serve(Shop()) as shop:
        done = probe(
            "probe.load", shop.url, "3", "15", "--shop", "sockshop", "--p95", "5000", "--report", str(report)
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "99%" in done.stderr + done.stdout
    assert "/register" in report.read_text()
    assert shop.customers == {}, "the customers leave accounts behind"
