"""The settings of a stack as its file and this run give them, read before Pulumi reads them.

The Makefile hands those of one run over in the environment: PORT, CONFIG.
"""

import os
from pathlib import Path
from typing import Any

import yaml

from tools.errors import UserError


def of_this_run() -> list[str]:
    """The settings for one run, each `key=value`, from PORT=8081 or CONFIG='key=value key=value'."""
    settings = os.environ.get("CONFIG", "").split()
    if port := os.environ.get("PORT"):
        settings.append(f"port={port}")
    for setting in settings:
        if "=" not in setting:
            raise UserError(f"CONFIG has {setting}, which gives no value.", "CONFIG='key=value key=value'")
    return settings


def written(file: Path) -> dict[str, Any]:
    """What a Pulumi.<stack>.yaml holds; empty where there is none. Raises UserError when it is not YAML."""
    try:
        text = yaml.safe_load(file.read_text()) if file.is_file() else None
    except yaml.YAMLError as error:
        raise UserError(
            f"{file.name} cannot be read: {error}", "mend it; git diff shows what changed"
        ) from None
    return text if isinstance(text, dict) else {}


def read(file: Path) -> dict[str, str]:
    """The settings of the stack by key without the project's name, as this run sees them; no secrets."""
    config = written(file).get("config") or {}
    settings = {
        key.split(":")[-1]: value if isinstance(value, str) else str(value).lower()
        for key, value in config.items()
        if not isinstance(value, dict)
    }
    return settings | dict(_pair(setting) for setting in of_this_run())


def without_secrets(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The stack's plain settings, and the keys of the encrypted ones."""
    config = written(file).get("config") or {}
    secrets = [key for key, value in config.items() if isinstance(value, dict) and "secure" in value]
    return {key: value for key, value in config.items() if key not in secrets}, secrets


def _pair(setting: str) -> tuple[str, str]:
    key, _, value = setting.partition("=")
    return key.split(":")[-1], value
