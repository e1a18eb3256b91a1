"""The settings of a stack as its file and this run give them, before Pulumi reads them.

The Makefile hands those of one run over in the environment: PORT, CONFIG.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from infra.remedy import PROJECT
from tools.errors import UserError

if TYPE_CHECKING:
    from infra.config import Stage


@dataclass(frozen=True)
class StackSettings:
    """The settings of one stack in one run.

    Args:
        stack: the stack's name.
        file: its Pulumi.<stack>.yaml.
        written: what the file holds.
        given: the settings of this run, each `key=value`.
        emulator: the URL of the emulated AWS that the run is for, which gets no secrets.
    """

    stack: str
    file: Path
    written: Mapping[str, Any]
    given: tuple[str, ...] = ()
    emulator: str | None = None

    @classmethod
    def read(cls, project: Path, stack: str, emulator: str | None = None) -> "StackSettings":
        """Read the stack's file and what PORT and CONFIG give. Raises UserError when they make no sense."""
        file = project / f"Pulumi.{stack}.yaml"
        return cls(stack, file, _yaml(file), tuple(_of_this_run()), emulator)

    @property
    def stage(self) -> str:
        """Return the stage's name: the stack's, unless the settings name another."""
        return self.get("stage") or self.stack

    @property
    def local(self) -> bool:
        """Tell whether the stage runs on this machine."""
        return self.stage == "dev"

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """Return the settings of the file by their keys, as they are written."""
        found = self.written.get("config")
        return found if isinstance(found, dict) else {}

    @cached_property
    def checked(self) -> "Stage":
        """Return the stage's settings. Raises UserError for what the stage does not allow."""
        from infra.config import ENCRYPTED, parse

        values = {
            str(key): ENCRYPTED if _is_secret(value) else _text(value)
            for key, value in self.config.items()
            if self.emulator is None or not _is_secret(value)
        }
        for setting in self.given:
            key, _, value = setting.partition("=")
            values[key if ":" in key else f"{PROJECT}:{key}"] = value  # as the engine takes --config
        if self.emulator is not None:
            values[f"{PROJECT}:emulator"] = self.emulator
        return parse(self.stack, values)

    @cached_property
    def keys(self) -> set[str]:
        """Return the settings that the stage has; none for a stage that does not exist."""
        from infra.config.parser import STAGES, keys

        return set(keys(STAGES[self.stage])) if self.stage in STAGES else set()

    @property
    def secrets(self) -> list[str]:
        """Return the keys of the encrypted settings."""
        return [key for key, value in self.config.items() if _is_secret(value)]

    def get(self, key: str) -> str:
        """Return a plain setting of the project as text; empty where it is not set, or secret."""
        for setting in reversed(self.given):
            name, _, value = setting.partition("=")
            if name.rpartition(":")[2] == key:
                return value
        for name, value in self.config.items():
            if name.rpartition(":")[2] == key and not _is_secret(value):
                return _text(value)
        return ""

    def gives(self, key: str) -> bool:
        """Tell whether this run gives a setting."""
        return any(setting.partition("=")[0].rpartition(":")[2] == key for setting in self.given)

    def having(self, setting: str) -> "StackSettings":
        """Return the settings with one more `key=value` for this run."""
        return replace(self, given=(*self.given, setting))


def _of_this_run() -> list[str]:
    """Return the settings that PORT=8081 and CONFIG='key=value key=value' give."""
    given = os.environ.get("CONFIG", "").split()
    if port := os.environ.get("PORT"):
        given.append(f"port={port}")
    for setting in given:
        if "=" not in setting:
            raise UserError(f"CONFIG has {setting}, which gives no value.", "CONFIG='key=value key=value'")
    return given


def _yaml(file: Path) -> dict[str, Any]:
    try:
        text = yaml.safe_load(file.read_text()) if file.is_file() else None
    except yaml.YAMLError as error:
        raise UserError(
            f"{file.name} cannot be read: {error}", "fix it; git diff shows what changed"
        ) from None
    return text if isinstance(text, dict) else {}


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and "secure" in value


def _text(value: object) -> str:
    """Return a YAML value as Pulumi hands it to the program."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower()
