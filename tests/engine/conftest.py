"""What the tests on the real engine share: the engine, and checkouts that leave nothing running."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout
from tools.engine import Engine, find_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The Pulumi engine that `make up` takes."""
    return find_engine()


@pytest.fixture(scope="module")
def check_out(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Checkout]]:
    """Makes checkouts in directories of a given name; at the end all are taken down."""
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
    """A checkout whose shop has been deployed once; its path is awkward on purpose."""
    checkout = check_out("the café's books, " + "and further on " * 5 + "(copy)")
    checkout.up()
    return checkout


@pytest.fixture
def shop(deployed: Checkout) -> Checkout:
    """The deployed shop, serving: whatever an earlier test did to it has been repaired."""
    if not deployed.ready() or deployed.manager.pid is None:
        deployed.up()
    return deployed


@pytest.fixture
def regular_file(tmp_path: Path) -> Path:
    """A file, below which nobody can make a directory, not even root."""
    path = tmp_path / "file"
    path.write_text("not a directory")
    return path
