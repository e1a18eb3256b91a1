"""Copies the shop's images into a registry of one's own, byte for byte."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sockshop import images


class MirrorError(Exception):
    """An image could not be copied: the cause, and what to do about it."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}\n{remedy}")
        self.cause = cause
        self.remedy = remedy


def mirror(
    registry: str,
    tell: Callable[[str], object],
    originals: tuple[str, ...] = images.ALL,
    key: Path | None = None,
) -> dict[str, str]:
    """Copy each image, with all its platforms, to a registry.

    Returns `sha256:...` by original image. What is there already under the same digest is left alone.
    Raises MirrorError.

    Args:
        registry: with the part of the names that all copies have.
        tell: takes what is to be shown, piece by piece: a line for each image.
        originals: the images.
        key: a file of skopeo's that opens the registry; None has skopeo take what it was signed in with.
    """
    if shutil.which("skopeo") is None:
        raise MirrorError(
            "skopeo is not on PATH.", "Install it: apt-get install skopeo, or brew install skopeo"
        )
    digests = {}
    for number, original in enumerate(originals, 1):
        tell(f"{number:>2}/{len(originals)} {images.repository(original)}:{images.tag(original)} ... ")
        try:
            digest, done = _bring(original, images.copy_of(original, registry), key)
        except BaseException:
            tell("failed\n")
            raise
        tell(f"{done} ({digest})\n")
        digests[original] = digest
    return digests


def _bring(original: str, copy: str, key: Path | None) -> tuple[str, str]:
    """See to it that the copy is there; give its digest, and what had to be done."""
    found = _manifest(original, [])
    if found.returncode != 0:
        raise MirrorError(
            f"{original} is not to be had: {_last_words(found)}", "Does the network reach its registry?"
        )
    digest = _digest(found)
    there = _manifest(copy, ["--authfile", str(key)] if key else [])
    if there.returncode == 0 and _digest(there) == digest:
        return digest, "is there"
    # By digest: a tag that somebody moves meanwhile changes nothing. A copy that differs is refused.
    source = f"{original.rpartition(':')[0]}@{digest}"
    opened = ["--dest-authfile", str(key)] if key else []
    done = _skopeo("copy", "--all", "--preserve-digests", *opened, f"docker://{source}", f"docker://{copy}")
    if done.returncode != 0:
        host = copy.partition("/")[0]
        raise MirrorError(
            f"{original} could not be copied to {copy}: {_last_words(done)}",
            "Does the repository exist, and may you push to it?"
            if key
            else "Does the repository exist, and is skopeo signed in? For ECR: aws ecr get-login-password | "
            f"skopeo login --username AWS --password-stdin {host}",
        )
    return digest, "copied"


def _manifest(image: str, options: list[str]) -> "subprocess.CompletedProcess[bytes]":
    return _skopeo("inspect", "--raw", *options, f"docker://{image}")


def _digest(manifest: "subprocess.CompletedProcess[bytes]") -> str:
    return f"sha256:{hashlib.sha256(manifest.stdout).hexdigest()}"


def _last_words(done: "subprocess.CompletedProcess[bytes]") -> str:
    words = " ".join(done.stderr.decode(errors="replace").strip().splitlines()[-1:])
    return words.partition(" level=fatal msg=")[2].strip('"') or words


def _skopeo(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["skopeo", *arguments], capture_output=True, check=False)
