"""The settings of a stack as its file and this run give them, read before Pulumi reads them.

The Makefile hands those of one run over in the environment: PORT, CONFIG.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from infra.remedy import PROJECT
from tools.errors import UserError

if TYPE_CHECKING:
    from infra.config import Stage


def of_this_run() -> list[str]:
    """Return the settings for one run, each `key=value`, from PORT=8081 or CONFIG='key=value key=value'."""
    settings = os.environ.get("CONFIG", "").split()
    if port := os.environ.get("PORT"):
        settings.append(f"port={port}")
    for setting in settings:
        if "=" not in setting:
            raise UserError(f"CONFIG has {setting}, which gives no value.", "CONFIG='key=value key=value'")
    return settings


def written(file: Path) -> dict[str, Any]:
    """Return what a Pulumi.<stack>.yaml holds; empty where there is none.

    Raises:
        UserError: it is not YAML.
    """
    try:
        text = yaml.safe_load(file.read_text()) if file.is_file() else None
    except yaml.YAMLError as error:
        raise UserError(
            f"{file.name} cannot be read: {error}", "mend it; git diff shows what changed"
        ) from None
    return text if isinstance(text, dict) else {}


def parse(file: Path, *, emulator: str | None = None) -> "Stage":
    """Return the settings of a stack as this run sees them, checked; secrets are `ENCRYPTED`.

    Args:
        file: the stack's, Pulumi.<stack>.yaml.
        emulator: the URL of the emulated AWS that the run is for, which gets no secrets.

    Raises:
        UserError: a key or a value that the stage does not allow.
    """
    from infra.config import ENCRYPTED, parse

    config = written(file).get("config") or {}
    values = {
        str(key): ENCRYPTED if _is_encrypted(value) else _text(value)
        for key, value in config.items()
        if emulator is None or not _is_encrypted(value)
    }
    for setting in of_this_run():
        key, _, value = setting.partition("=")
        values[key if ":" in key else f"{PROJECT}:{key}"] = value  # as the engine takes --config
    if emulator is not None:
        values[f"{PROJECT}:emulator"] = emulator
    return parse(_stack(file), values)


def read(file: Path) -> dict[str, str]:
    """Return the settings of a stack by key without the namespace, as this run sees them; no secrets.

    They are not checked. `stage` is always among them: the stack's own name, unless another is set.
    """
    config = written(file).get("config") or {}
    settings = {
        key.split(":")[-1]: _text(value) for key, value in config.items() if not isinstance(value, dict)
    }
    settings |= dict(_pair(setting) for setting in of_this_run())
    return settings | {"stage": settings.get("stage") or _stack(file)}


def without_secrets(file: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the stack's plain settings, and the keys of the encrypted ones."""
    config = written(file).get("config") or {}
    secrets = [key for key, value in config.items() if _is_encrypted(value)]
    return {key: value for key, value in config.items() if key not in secrets}, secrets


def _stack(file: Path) -> str:
    """Return the stack that a Pulumi.<stack>.yaml is of."""
    return file.name.removeprefix("Pulumi.").removesuffix(".yaml")


def _is_encrypted(value: object) -> bool:
    return isinstance(value, dict) and "secure" in value


def _text(value: object) -> str:
    """Return a YAML value as Pulumi hands it to the program."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower()


def _pair(setting: str) -> tuple[str, str]:
    key, _, value = setting.partition("=")
    return key.split(":")[-1], value
