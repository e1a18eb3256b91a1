"""The tag of an image: what changes it, and what does not."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.components.aws.ecr.image_sources import ImageSources
from tests.image.dockerfile import BOOKSTORE
from tests.infra.stage import deploy_cluster, deploy_monolith

Change = Callable[[Path], object]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shop's sources in another place."""
    return shutil.copytree(BOOKSTORE, tmp_path / "copy", copy_function=shutil.copyfile)


def write(name: str) -> Change:
    """Return a change that writes a file."""

    def change(copy: Path) -> None:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("other")

    return change


@pytest.mark.parametrize(
    "name",
    [
        "web/__pycache__/home.cpython-313.pyc",
        "__pycache__/text",
        "secrets/password",
        "instance/shop.sqlite3",
        "compose.yaml",
        "nginx/shop.conf",
        "translations/es/LC_MESSAGES/messages.po",
    ],
)
def test_what_docker_is_not_sent_makes_no_other_tag(copy: Path, name: str) -> None:
    write(name)(copy)
    assert ImageSources(copy).tag == ImageSources(BOOKSTORE).tag


@pytest.mark.parametrize(
    "change",
    [
        write("home.py"),
        write("web/home.py"),
        write("Dockerfile"),
        write("web/secrets/password"),
        lambda copy: (copy / "text.py").unlink(),
        lambda copy: (copy / "text.py").rename(copy / "words.py"),
    ],
    ids=["added", "changed", "Dockerfile", "ignored at the top alone", "removed", "renamed"],
)
def test_another_name_or_content_makes_another_tag(copy: Path, change: Change) -> None:
    change(copy)
    assert ImageSources(copy).tag != ImageSources(BOOKSTORE).tag


def test_a_later_or_more_private_checkout_has_the_same_tag_in_another_place(copy: Path) -> None:
    before = ImageSources(copy)
    checkout = before.checkout
    assert checkout != ImageSources(BOOKSTORE).checkout
    os.utime(copy / "text.py", (0, 0))
    assert before.checkout == checkout
    (copy / "text.py").chmod(0o600)
    assert before.checkout != checkout
    assert before.tag == ImageSources(BOOKSTORE).tag


def test_what_is_not_understood_of_a_dockerignore_is_refused(copy: Path) -> None:
    (copy / ".dockerignore").write_text("*\n!web/\n")
    with pytest.raises(ValueError, match=r"!web"):
        _ = ImageSources(copy).tag


def test_others_push_the_tag_that_the_command_prints() -> None:
    printed = subprocess.run(
        [sys.executable, "-S", "-m", "infra.components.aws.ecr.image_sources", "bookstore"],
        cwd=BOOKSTORE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    stage = deploy_cluster(buildImage="false")
    (container,) = stage.one("kubernetes:apps/v1:Deployment", "flask").inputs["spec"]["template"]["spec"][
        "containers"
    ]
    assert container["image"].endswith(f":{printed}")
    assert not stage.of("docker:index/image:Image")


def test_each_push_has_a_tag_that_the_registry_never_saw() -> None:
    stage = deploy_monolith()
    (repository,) = stage.of("aws:ecr/repository:Repository")
    assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
    (push,) = stage.of("random:index/randomString:RandomString")
    sources = ImageSources(BOOKSTORE)
    assert push.inputs["keepers"] == {"tag": sources.tag, "checkout": sources.checkout}
    (image,) = stage.of("docker:index/image:Image")
    assert re.fullmatch(rf".*:{sources.tag}-\w+", image.inputs["imageName"])
