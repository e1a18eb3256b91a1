"""The image's packages: exactly what the application needs, at the project's versions, with hashes."""

import re
import tomllib
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.image.dockerfile import BOOKSTORE

ROOT = BOOKSTORE.parent
LOCKED = (BOOKSTORE / "requirements.txt").read_text()
ENTRIES = re.findall(
    r"^([a-z0-9-]+)==(\S+)(?: ; (.*?))? \\\n((?: +--hash=\S+(?: \\)?\n)+)", LOCKED, re.MULTILINE
)


def test_every_line_is_understood() -> None:
    lines = [line for line in LOCKED.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(lines) == len(ENTRIES)
    assert "://" not in LOCKED


def test_exactly_what_the_application_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [Requirement(text) for text in project["dependencies"]]
    needed: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name in needed:
            continue
        needed.add(name)
        for text in requires(name) or ():
            following = Requirement(text)
            # The image runs on Linux; a package for an older Python than here is only needed there.
            if following.marker is None or following.marker.evaluate({"extra": ""}):
                wanted.append(following)
    locked = {name for name, _, _, _ in ENTRIES}
    assert needed <= locked
    assert not {"pytest", "locust", "pulumi", "ruff", "pip", "setuptools"} & locked


def test_the_versions_are_the_project_s() -> None:
    constraints = dict(
        re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    )
    several = {"deprecated"}  # one version for each of two kinds of Python
    different = {
        name: version
        for name, version, _, _ in ENTRIES
        if name not in several and constraints.get(name) != version
    }
    assert different == {}, "make lock brings both files together"


def test_every_version_has_hashes() -> None:
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", hashes) for _, _, _, hashes in ENTRIES)
