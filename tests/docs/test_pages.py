"""What the README and docs/ name exists: links, files, make targets, settings, test modules."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from infra.config.parser import STAGES, keys
from tests.docs.pages import ROOT, Page, make_targets, pages

# What looks like a setting and is none: the image's tag, and the example of how to add a setting.
NO_SETTINGS = {"latest", "idleTimeout"}
OLD_SETTINGS = ROOT / "CHANGELOG.md"
PAGES = pages()
SETTINGS = {key for model in STAGES.values() for key in keys(model)} | {"stage"}


def test_the_pages_are_found() -> None:
    names = {str(page) for page in PAGES}
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "docs/scaled.md",
        "docs/adr/README.md",
        "tests/README.md",
    } <= names


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files_and_headings(page: Page) -> None:
    assert list(page.broken_links()) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_files_that_a_page_names_exist(page: Page) -> None:
    assert list(page.missing_paths()) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_make_has_each_target_that_a_page_names(page: Page) -> None:
    assert page.targets() - make_targets((ROOT / "Makefile").read_text()) == set()


@pytest.mark.parametrize("page", [page for page in PAGES if page.path != OLD_SETTINGS], ids=str)
def test_each_setting_that_a_page_names_exists(page: Page) -> None:
    assert page.settings() - SETTINGS - NO_SETTINGS == set()


def test_every_old_setting_of_the_changelog_is_gone_and_its_new_one_exists() -> None:
    rows = re.findall(r"^  \| (`.+?`) \| (`.+?`) \|$", OLD_SETTINGS.read_text(), re.MULTILINE)
    assert len(rows) > 30
    for old, new in rows:
        assert set(re.findall(r"`(\w+)", new)) <= SETTINGS
        if ":" not in old:
            assert not set(re.findall(r"`(\w+)", old)) & SETTINGS


def test_every_directory_of_tests_is_explained() -> None:
    explained = (ROOT / "tests" / "README.md").read_text()
    directories = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert [name for name in sorted(directories) if f"`tests/{name}`" not in explained] == []


def test_the_helpers_that_the_page_of_tests_explains_exist() -> None:
    explained = (ROOT / "tests" / "README.md").read_text()
    names = set(re.findall(r"\*\*`([A-Z]\w+)`\*\*", explained))
    assert {"World", "Cloudless", "Reachability"} <= names
    defined = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        for name in _defined(node)
    }
    assert names - defined == set()


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text()
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert len(decisions) >= 6
    assert [path.name for path in decisions if f"]({path.name})" not in listed] == []
    assert [path.name for path in decisions if len(path.read_text().splitlines()) > 60] == []


def test_the_licence_is_the_one_that_the_package_states() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert len(text.splitlines()) == 202


def test_the_development_container_is_json_and_forwards_the_shop() -> None:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text()
    container = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    assert container["forwardPorts"] == [8080]
    assert container["remoteUser"] == "root"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[here](missing.md)", "missing.md"),
        ("[here](#nowhere)", "#nowhere"),
        ("[here](other.md#nowhere)", "other.md#nowhere"),
        ("![picture](picture.svg)", "picture.svg"),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "other.md").write_text("# There\n")
    (tmp_path / "page.md").write_text(f"# A page\n\n{text} [fine](other.md#there) [too](#a-page)\n")
    assert list(Page(tmp_path / "page.md", tmp_path).broken_links()) == [found]


def test_a_wrong_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "`tests/infra/test_gone.py`, then `make upp STACK=dev`, `bookstore:prot: 1`, `minSiz: 2`, "
        "`CONFIG='nods=3 waf=false'`\n"
    )
    page = Page(tmp_path / "page.md", tmp_path)
    assert list(page.missing_paths()) == ["tests/infra/test_gone.py"]
    assert page.targets() - make_targets("up: env\n\techo\nvariable := 1\n") == {"upp"}
    assert page.settings() - SETTINGS == {"prot", "minSiz", "nods"}


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
