"""The Docker that builds a stage's image, asked before anything is deployed."""

import shutil
import subprocess
from pathlib import Path

from infra.components.aws.ecr.image_sources import ImageSources
from tools.errors import UserError

ROOT = Path(__file__).resolve().parent.parent


def require(otherwise: str) -> None:
    """Raise UserError when there is no Docker, or its daemon does not answer.

    Args:
        otherwise: how to do without.
    """
    if shutil.which("docker") is None:
        raise UserError(
            "The shop's image is built on this machine, and there is no Docker.",
            f"install it (https://docs.docker.com/get-docker/), or {otherwise}",
        )
    try:
        asked = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        words = "it has not answered for a minute"
    else:
        if asked.returncode == 0:
            return
        words = asked.stderr.strip() or "it gave no reason"
    raise UserError(
        f"The shop's image is built on this machine, and Docker does not answer: {words}",
        f"start it, and see that `docker version` works, or {otherwise}",
    )


def left_to_others() -> str:
    """Return how a stage on AWS does without Docker."""
    tag = ImageSources(ROOT / "bookstore").tag
    return f"leave the image to others, who push the tag {tag}: CONFIG=buildImage=false"
