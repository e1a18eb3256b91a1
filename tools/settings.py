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

from tools.errors import UserError

if TYPE_CHECKING:
    from infra.config import Stage

PROJECT = "bookstore"


@dataclass(frozen=True)
class StackSettings:
    """The settings of one stack in one run.

    Args:
        stack: the stack's name.
        file: its Pulumi.<stack>.yaml.
        written: what the file holds.
        given: the settings of this run, each `key=value`.
    """

    stack: str
    file: Path
    written: Mapping[str, Any]
    given: tuple[str, ...] = ()

    @classmethod
    def read(cls, project: Path, stack: str) -> "StackSettings":
        """Read the stack's file and what PORT and CONFIG give. Raises UserError when they make no sense."""
        file = project / f"Pulumi.{stack}.yaml"
        return cls(stack, file, _yaml(file), tuple(_of_this_run()))

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
        return _parse(self)

    @cached_property
    def keys(self) -> set[str]:
        """Return the settings that the stage has; none for a stage that does not exist."""
        return _keys(self.stage)

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
    return value if isinstance(value, str) else str(value).lower()


def _values(settings: StackSettings, encrypted: str) -> dict[str, str]:
    """Return the settings' text by key; `encrypted` stands for what only the engine can decrypt."""
    values = {key: encrypted if _is_secret(value) else _text(value) for key, value in settings.config.items()}
    for setting in settings.given:
        key, _, value = setting.partition("=")
        values[key if ":" in key else f"{PROJECT}:{key}"] = value
    return values


def _parse(settings: StackSettings) -> "Stage":
    # To become: return config.parse(settings.stack, _values(settings, config.ENCRYPTED))
    from dataclasses import fields

    from infra.config import STAGES, StackConfig, camel_case
    from infra.errors import DeploymentError

    values = _values(settings, "encrypted")
    if settings.get("cluster") == "kubeconfig":
        values[f"{PROJECT}:kubeconfig"] = "/dev/null"  # the preflight looks at the file itself
    named = {key.removeprefix(f"{PROJECT}:"): value for key, value in values.items() if PROJECT in key}
    keys = StackConfig(named, settings.stack)
    try:
        keys.refuse_unknown({"stage"} | {camel_case(f.name) for s in STAGES.values() for f in fields(s)})
        return STAGES[keys.choice("stage", settings.stack, list(STAGES))].read(keys)
    except DeploymentError as error:
        cause, _, remedy = str(error).partition("; ")
        raise UserError(cause, remedy) from None


def _keys(stage: str) -> set[str]:
    # To become: return set(keys(STAGES[stage])) if stage in STAGES else set()
    from dataclasses import fields

    from infra.config import STAGES, camel_case

    return {camel_case(field.name) for field in fields(STAGES[stage])} if stage in STAGES else set()
