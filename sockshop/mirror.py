"""Copies the shop's images into a registry of one's own, byte for byte."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable

from sockshop import images


class MirrorError(Exception):
    """An image could not be copied; the message names it and says what to do."""


def mirror(
    registry: str, tell: Callable[[str], object], originals: tuple[str, ...] = images.ALL
) -> dict[str, str]:
    """Copy each image, with all its platforms, to a registry that skopeo is signed in to.

    Returns `sha256:...` by original image. What is there already under the same digest is left alone.
    Raises MirrorError.
    """
    if shutil.which("skopeo") is None:
        raise MirrorError("skopeo is not on PATH; install it: apt-get install skopeo, or brew install skopeo")
    digests = {}
    for original in originals:
        digest = _digest(original)
        if digest is None:
            raise MirrorError(f"{original} does not answer: does the network reach its registry?")
        copy = images.copy_of(original, registry)
        if _digest(copy) == digest:
            tell(f"{copy} is there ({digest})")
        else:
            _copy(original, digest, copy)
            tell(f"{copy} copied ({digest})")
        digests[original] = digest
    return digests


def _digest(image: str) -> str | None:
    """Give the digest of an image's manifest, or None where there is none to be read."""
    done = _skopeo("inspect", "--raw", f"docker://{image}")
    return f"sha256:{hashlib.sha256(done.stdout).hexdigest()}" if done.returncode == 0 else None


def _copy(original: str, digest: str, copy: str) -> None:
    # By digest: a tag that somebody moves meanwhile changes nothing. A copy that differs is refused.
    source = f"{original.rpartition(':')[0]}@{digest}"
    done = _skopeo("copy", "--all", "--preserve-digests", f"docker://{source}", f"docker://{copy}")
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise MirrorError(
            f"{original} could not be copied to {copy}: {' '.join(reason)}\n"
            "Does the repository exist, and is skopeo signed in? For ECR: aws ecr get-login-password | "
            f"skopeo login --username AWS --password-stdin {copy.partition('/')[0]}"
        )


def _skopeo(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["skopeo", *arguments], capture_output=True, check=False)
