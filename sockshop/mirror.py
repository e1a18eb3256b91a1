"""Copying the shop's images to another registry, byte for byte."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sockshop import images
from tools.errors import UserError


def mirror(
    registry: str,
    write: Callable[[str], object],
    originals: tuple[str, ...] = images.ALL,
    key: Path | None = None,
) -> dict[str, str]:
    """Copy images with all their platforms to a registry; return `sha256:...` by original image.

    An image that the registry has already, with the same digest, is not copied again.

    Args:
        registry: the registry, with the prefix of all copies' names.
        write: shows progress, in pieces that make up one line per image.
        originals: the images.
        key: a file with credentials for the registry, as skopeo reads it; None uses skopeo's own login.

    Raises:
        UserError: skopeo is missing, or an image cannot be copied.
    """
    if shutil.which("skopeo") is None:
        raise UserError("skopeo is not on PATH", "install it: apt-get install skopeo, or brew install skopeo")
    digests = {}
    for number, original in enumerate(originals, 1):
        write(f"{number:>2}/{len(originals)} {images.repository(original)}:{images.tag(original)} ... ")
        try:
            digest, done = _copy(original, images.copy_of(original, registry), key)
        except BaseException:
            write("failed\n")
            raise
        write(f"{done} ({digest})\n")
        digests[original] = digest
    return digests


def _copy(original: str, copy: str, key: Path | None) -> tuple[str, str]:
    """Copy an image unless the copy exists; return the digest, and what was done."""
    found = _manifest(original, [])
    if found.returncode != 0:
        raise UserError(
            f"{original} cannot be read: {_last_line(found)}", "check that the network reaches its registry"
        )
    digest = _digest(found)
    existing = _manifest(copy, ["--authfile", str(key)] if key else [])
    if existing.returncode == 0 and _digest(existing) == digest:
        return digest, "exists"
    # By digest: somebody may move the tag meanwhile. --preserve-digests refuses to alter an image.
    source = f"{original.rpartition(':')[0]}@{digest}"
    login = ["--dest-authfile", str(key)] if key else []
    done = _skopeo("copy", "--all", "--preserve-digests", *login, f"docker://{source}", f"docker://{copy}")
    if done.returncode != 0:
        host = copy.partition("/")[0]
        sign_in = f"aws ecr get-login-password | skopeo login --username AWS --password-stdin {host}"
        raise UserError(
            f"{original} cannot be copied to {copy}: {_last_line(done)}",
            "check that the repository exists and that you may push to it"
            if key
            else f"check that the repository exists and that skopeo is signed in; for ECR: {sign_in}",
        )
    return digest, "copied"


def _manifest(image: str, options: list[str]) -> "subprocess.CompletedProcess[bytes]":
    return _skopeo("inspect", "--raw", *options, f"docker://{image}")


def _digest(manifest: "subprocess.CompletedProcess[bytes]") -> str:
    return f"sha256:{hashlib.sha256(manifest.stdout).hexdigest()}"


def _last_line(done: "subprocess.CompletedProcess[bytes]") -> str:
    line = " ".join(done.stderr.decode(errors="replace").strip().splitlines()[-1:])
    return line.partition(" level=fatal msg=")[2].strip('"') or line


def _skopeo(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["skopeo", *arguments], capture_output=True, check=False)
