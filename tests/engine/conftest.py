"""Fixtures of the engine tests: the engine, and checkouts that leave nothing running."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout
from tools.engine import Engine, find_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the Pulumi engine that `make up` takes."""
    return find_engine()


@pytest.fixture(scope="module")
def check_out(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Checkout]]:
    """Return a function that makes checkouts in directories of a given name; all are removed at the end."""
    made: list[Checkout] = []

    def make(name: str) -> Checkout:
        root = tmp_path_factory.mktemp("checkout") / name
        root.mkdir()
        made.append(Checkout(root, engine))
        return made[-1]

    yield make
    left = [checkout.end() for checkout in made]
    assert left == [{}] * len(made), "`down` left processes behind"


@pytest.fixture(scope="module")
def deployed(check_out: Callable[[str], Checkout]) -> Checkout:
    """Return a checkout whose shop was deployed once; its path is awkward on purpose."""
    checkout = check_out("the café's books, " + "and further on " * 5 + "(copy)")
    checkout.up()
    return checkout


@pytest.fixture
def shop(deployed: Checkout) -> Checkout:
    """Return the deployed shop, serving: repaired, whatever an earlier test did to it."""
    if not deployed.ready() or deployed.manager.pid is None:
        deployed.up()
    return deployed


@pytest.fixture
def regular_file(tmp_path: Path) -> Path:
    """Return a file: nobody can make a directory below it, not even root."""
    path = tmp_path / "file"
    path.write_text("not a directory")
    return path
