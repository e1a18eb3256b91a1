"""The official download: an archive whose SHA-256 stands in the release's list of checksums."""

import hashlib
import platform
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO

from tools.errors import UserError

SOURCES = (
    "https://get.pulumi.com/releases/sdk",
    "https://github.com/pulumi/pulumi/releases/download/v{version}",
)
PATIENCE = 5  # seconds until a source that does not answer counts as out of reach
SYSTEMS = {"linux": "linux", "darwin": "darwin"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def fetch(version: str, into: Path, say: Callable[[str], None], sources: tuple[str, ...]) -> str | None:
    """Download the engine to `into`/bin; return why not when it cannot be had.

    Raises UserError when what came is not what the release lists: that is no reason to go on quietly.
    """
    system, machine = SYSTEMS.get(sys.platform), MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        return f"there is none for {sys.platform} on {platform.machine()}"
    archive = f"pulumi-v{version}-{system}-{machine}.tar.gz"
    reasons = []
    for source in sources:
        base = source.format(version=version)
        try:
            listed = _read(f"{base}/pulumi-{version}-checksums.txt")
            expected = _checksum(listed, archive)
            say(f"  Downloading {base}/{archive}")
            with tempfile.TemporaryFile() as file:
                digest = _save(f"{base}/{archive}", file)
                if digest != expected:
                    raise UserError(
                        f"{base}/{archive} has the SHA-256 {digest}; the release lists {expected}.",
                        "try again; if it stays so, something between you and the release changes files",
                    )
                file.seek(0)
                _unpack(file, into / "bin")
            return None
        except (OSError, HTTPException, LookupError) as error:
            host = base.split("/")[2]
            reasons.append(f"{host}: {_cause(error)}")
    return "; ".join(reasons) or "no source is given"


def _open(url: str) -> IO[bytes]:
    response: IO[bytes] = urllib.request.urlopen(url, timeout=PATIENCE)  # noqa: S310  # nosec B310
    return response


def _read(url: str) -> str:
    with _open(url) as response:
        return response.read().decode()


def _save(url: str, file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with _open(url) as response:
        while chunk := response.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _checksum(listed: str, archive: str) -> str:
    for line in listed.splitlines():
        digest, _, name = line.partition(" ")
        if name.strip().lstrip("*") == archive:
            return digest.lower()
    raise LookupError(f"the release's list of checksums lacks {archive}")


def _unpack(file: IO[bytes], into: Path) -> None:
    """Unpack the archive's one directory `pulumi/`, whose programs belong side by side."""
    into.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=file) as archive:
        for member in archive:
            source = archive.extractfile(member)
            if source is None:  # a directory
                continue
            path = into / Path(member.name).name
            with source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            path.chmod(0o755)


def _cause(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"answers {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(getattr(error.reason, "strerror", None) or error.reason)
    return str(error).strip("'")
