"""Where Pulumi keeps a stack's state, and as whom the engine works."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

EMULATOR_KEY = "test"  # what emulators take


def is_chosen(environment: Mapping[str, str]) -> bool:
    """Tell whether the user has told Pulumi where to keep state, by the environment or by `pulumi login`."""
    if environment.get("PULUMI_BACKEND_URL") or environment.get("PULUMI_ACCESS_TOKEN"):
        return True
    home = Path(environment.get("PULUMI_HOME") or Path("~/.pulumi").expanduser())
    try:
        return bool(json.loads((home / "credentials.json").read_text()).get("current"))
    except (OSError, json.JSONDecodeError):
        return False


def kept_in(state: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which the engine keeps state in a directory, encrypted with a passphrase."""
    kept = {**environment, "PULUMI_BACKEND_URL": f"file://{state}"}
    if not kept.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        kept["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase(state / "passphrase"))
    return kept


def of_a_stranger(environment: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """Return the environment of somebody with an emulator's credentials; the user's must not reach it."""
    mine = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    return mine | {
        "AWS_ACCESS_KEY_ID": EMULATOR_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_SECRET_ACCESS_KEY": EMULATOR_KEY,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def salt(settings: Path) -> str | None:
    """Return the salt with which the secrets of a file of settings are encrypted."""
    text = settings.read_text() if settings.is_file() else ""
    found = re.search(r"^encryptionsalt: (\S+)$", text, re.MULTILINE)
    return found.group(1) if found else None


def salted(text: str, value: str | None) -> str:
    """Return the text of a file of settings with this salt in place of its own."""
    plain = re.sub(r"^encryptionsalt: .*\n?", "", text, flags=re.MULTILINE).rstrip()
    return f"{plain}\nencryptionsalt: {value}\n" if value else f"{plain}\n"


def _passphrase(path: Path) -> Path:
    """Return the file of the passphrase, made at first use, for its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path
