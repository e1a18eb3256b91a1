"""The layout of the infrastructure: which package may import which, and how long a stage may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.config import CHECKOUT

INFRA = CHECKOUT / "infra"
MAX_STAGE_LINES = 150
# What each package must not import, itself or below.
FORBIDDEN = {
    "components": ("infra.apps", "infra.config", "infra.stages", "infra.policies", "sockshop", "bookstore"),
    "apps": ("infra.config", "infra.stages", "infra.policies"),
    "config": ("infra.apps", "infra.stages", "infra.policies", "sockshop"),
    "policies": ("infra.apps", "infra.components", "infra.config", "infra.stages", "sockshop"),
}
# The applications' words, which no component may know. Types of components begin with the project's name.
APPLICATION_WORDS = ("BookStore", "sock-shop", "sockshop", "Sock Shop")


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(module: str, package: str) -> bool:
    """Tell whether a module is a package or a part of it."""
    return f"{module}.".startswith(f"{package}.")


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    wrong = [
        f"{file.relative_to(INFRA)} imports {module}"
        for file in sorted((INFRA / package).rglob("*.py"))
        for module in imports(file)
        for forbidden in FORBIDDEN[package]
        if is_in(module, forbidden)
    ]
    assert wrong == []


def test_sockshops_manifests_are_used_by_its_own_stage_and_app_alone() -> None:
    users = {
        file.relative_to(INFRA).as_posix()
        for file in INFRA.rglob("*.py")
        for module in imports(file)
        if is_in(module, "sockshop")
    }
    assert {name for name in users if not name.startswith(("apps/sockshop/", "stages/sockshop"))} == set()


def test_components_know_no_word_of_an_application() -> None:
    wrong = [
        f"{file.relative_to(INFRA)}: {word}"
        for file in sorted((INFRA / "components").rglob("*.py"))
        for word in APPLICATION_WORDS
        if word in file.read_text()
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "file", sorted((INFRA / "stages").rglob("*.py")), ids=lambda file: file.relative_to(INFRA).as_posix()
)
def test_a_stage_is_a_page(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= MAX_STAGE_LINES
