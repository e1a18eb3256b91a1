"""A MariaDB server for the catalogue, with an administrator who may create accounts."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bookstore.mariadb import MariaDB


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDB]:
    """Return the server."""
    folder = Path(tempfile.mkdtemp(prefix="mariadb-"))  # the path of a socket must be short
    server = MariaDB(folder)
    try:
        server.install()
        with (folder / "first.sql").open("a") as first:
            first.write("GRANT ALL ON *.* TO shop@127.0.0.1 WITH GRANT OPTION;\n")
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
