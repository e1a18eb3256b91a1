"""The order: an installed engine, one kept from before, a download, a build."""

import sys
from pathlib import Path

import pytest

from tests.tools.conftest import Machine
from tools.engine import find_engine, recipe
from tools.engine.finder import link


def test_an_installed_engine_is_used_and_nothing_is_set_up(machine: Machine) -> None:
    installed = machine.install_pulumi("v3.200.1")
    engine = find_engine(sources=())
    assert engine.executable == installed
    assert str(engine) == f"Pulumi 3.200.1: installed at {installed}"
    assert machine.left() == []


@pytest.mark.parametrize(
    ("version", "host", "objection"),
    [
        ("v3.149.9", True, "is 3.149.9, too old"),
        ("v3.200.0", False, "has no pulumi-language-python"),
        ("nonsense", True, "does not tell its version"),
    ],
)
def test_an_installed_engine_that_will_not_do_is_passed_over_with_the_reason(
    machine: Machine, version: str, host: bool, objection: str
) -> None:
    machine.install_pulumi(version, host)
    engine = find_engine(say=lambda _: None, sources=())
    assert engine.executable == machine.kept()
    assert objection in str(engine)


def test_a_built_engine_is_kept_and_used_again(machine: Machine) -> None:
    told: list[str] = []
    first = find_engine(say=told.append, sources=())
    assert first.executable == machine.kept()
    assert "built from its Go module" in str(first)
    assert "setting one up, once" in told[0]
    told.clear()
    again = find_engine(say=told.append, sources=())
    assert again.executable == first.executable
    assert "kept from an earlier set-up" in str(again)
    assert told == []
    assert machine.builds == 1


def test_the_launchers_lie_beside_the_engine_ready_to_run(machine: Machine) -> None:
    beside = find_engine(say=lambda _: None, sources=()).executable.parent
    for name in ("pulumi-language-python", "pulumi-resource-pulumi-python"):
        assert (beside / name).stat().st_mode & 0o111 == 0o111


def test_the_link_in_the_virtual_environment_is_no_installation(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = find_engine(say=lambda _: None, sources=())
    link(engine, machine.programs)
    assert (machine.programs / "pulumi").resolve() == engine.executable.resolve()
    assert "kept from an earlier set-up" in str(find_engine(sources=()))


def test_the_link_goes_when_an_engine_is_installed(machine: Machine) -> None:
    link(find_engine(say=lambda _: None, sources=()), machine.programs)
    machine.install_pulumi("v3.300.0")
    link(find_engine(sources=()), machine.programs)
    assert not (machine.programs / "pulumi").is_symlink()


def test_the_engine_finds_this_python_first_on_its_path(machine: Machine) -> None:
    engine = find_engine(say=lambda _: None, sources=())
    first, second, *rest = engine.environment({"PATH": "/somewhere"})["PATH"].split(":")
    assert Path(first) == Path(sys.executable).parent
    assert Path(second) == engine.executable.parent
    assert rest == ["/somewhere"]


def test_another_recipe_is_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe.name()
    monkeypatch.setattr(recipe, "LAUNCHERS", recipe.LAUNCHERS[1:])
    assert recipe.name() != before
    assert recipe.name().startswith(f"{recipe.version()}-")
