"""The official download is taken when it is what the release lists, and refused when it is not."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.tools.conftest import Machine
from tools.engine import find_engine, recipe
from tools.errors import UserError


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def release(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A directory and the address that it is served at."""
    directory = tmp_path / "release"
    directory.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield directory, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def archive(release: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release's archive for this machine, with the programs that an engine consists of."""
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("sys.platform", "linux")
    path = release[0] / f"pulumi-v{recipe.version()}-linux-x64.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name in ("pulumi", "pulumi-language-python"):
            content = f"#!/bin/sh\necho v{recipe.version()}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def list_checksum(archive: Path, digest: str) -> None:
    text = f"{'0' * 64}  another-archive.tar.gz\n{digest}  {archive.name}\n"
    (archive.parent / f"pulumi-{recipe.version()}-checksums.txt").write_text(text)


def test_a_download_that_the_release_lists_is_installed(
    machine: Machine, release: tuple[Path, str], archive: Path
) -> None:
    list_checksum(archive, hashlib.sha256(archive.read_bytes()).hexdigest())
    engine = find_engine(say=lambda _: None, sources=(release[1],))
    assert engine.executable == machine.kept()
    assert engine.executable.read_text().startswith("#!/bin/sh")
    assert engine.executable.stat().st_mode & 0o100
    assert "downloaded, its checksum verified" in str(engine)
    assert machine.builds == 0


def test_a_download_that_is_not_what_the_release_lists_is_refused(
    machine: Machine, release: tuple[Path, str], archive: Path
) -> None:
    list_checksum(archive, "0" * 64)
    with pytest.raises(UserError, match="SHA-256") as refused:
        find_engine(say=lambda _: None, sources=(release[1],))
    assert "Remedy:" in str(refused.value)
    assert machine.left() == []
    assert machine.builds == 0


def test_a_release_that_does_not_list_the_archive_is_not_trusted(
    machine: Machine, release: tuple[Path, str], archive: Path
) -> None:
    (release[0] / f"pulumi-{recipe.version()}-checksums.txt").write_text("")
    told: list[str] = []
    find_engine(say=told.append, sources=(release[1],))
    assert any("lacks" in line for line in told)
    assert machine.builds == 1


def test_without_a_reachable_source_the_engine_is_built_and_the_reason_told(
    machine: Machine, release: tuple[Path, str]
) -> None:
    told: list[str] = []
    find_engine(say=told.append, sources=(release[1], "http://127.0.0.1:1"))
    reason = next(line for line in told if "Not downloaded" in line)
    assert "answers 404" in reason or "there is none for" in reason
    assert machine.builds == 1
