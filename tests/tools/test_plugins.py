"""Plugins that can neither be found nor downloaded are named before the engine tries in vain."""

from pathlib import Path

import pytest

from tests.tools.conftest import program
from tools import plugins
from tools.errors import UserError


@pytest.fixture(autouse=True)
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without plugins, on a network that is closed."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(plugins, "SOURCES", ("http://127.0.0.1:1/plugins",))
    monkeypatch.setattr(plugins, "_version", lambda _: "1.2.3")


def test_what_is_missing_is_said_with_the_way_to_bring_it() -> None:
    with pytest.raises(UserError) as missing:
        plugins.require(["infra", "aws"], ["docker"])
    message = str(missing.value)
    assert "3 plugins of Pulumi's providers are not installed" in message
    for name in ("aws", "random", "tls"):
        assert f"http://127.0.0.1:1/plugins/pulumi-resource-{name}-v1.2.3-" in message
    assert "plugin install resource aws v1.2.3 --file" in message
    assert "docker" not in message


def test_plugins_that_the_engine_finds_are_enough(tmp_path: Path) -> None:
    for name in ("aws", "random"):
        (tmp_path / "home" / "plugins" / f"resource-{name}-v1.2.3").mkdir(parents=True)
    for name in ("tls", "docker"):
        program(tmp_path / "bin" / f"pulumi-resource-{name}", "#!/bin/sh\n")
    plugins.require(["infra", "aws"])
