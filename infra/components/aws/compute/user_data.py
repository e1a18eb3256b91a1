"""User data of EC2 instances: settings in plain text and the scripts of `infra/boot`, packed."""

import base64
import bz2
import io
import json
import re
import shlex
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pulumi

BOOT = Path(__file__).resolve().parents[3] / "boot"
# The namespace in CloudWatch that instances write their metrics to.
METRIC_NAMESPACE: str = json.loads((BOOT / "machine" / "metrics.json").read_text())["metrics"]["namespace"]
LIMIT = 16 * 1024  # bytes that EC2 accepts
_REQUIRED = re.compile(r"\$\{([A-Z_]+):?\?\}")
_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")


class UserDataError(ValueError):
    """The settings are not those that the scripts require, or the user data is too long."""


def user_data(role: str, settings: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return the script that an EC2 instance runs at its first boot.

    Args:
        role: a directory of `infra/boot`; its script of the same name sets up the instance.
        settings: exactly the variables that the scripts require with `${NAME:?}`. None may be a secret.

    Raises:
        UserDataError: a setting is missing or unknown, or the script exceeds `LIMIT`.
    """
    required = required_settings(role)
    if missing := required - settings.keys():
        raise UserDataError(f"{role} needs the settings {', '.join(sorted(missing))}")
    if unknown := settings.keys() - required:
        raise UserDataError(f"{role} knows no settings {', '.join(sorted(unknown))}")
    archive = base64.encodebytes(_archive(role)).decode().strip()
    names = sorted(settings)
    return pulumi.Output.all(*(settings[name] for name in names)).apply(
        lambda values: _render(role, dict(zip(names, values, strict=True)), archive)
    )


def required_settings(role: str) -> set[str]:
    """Return the names of the variables that the role's scripts require."""
    return {name for file in _files(role) for name in _REQUIRED.findall(file.read_text())}


def _files(role: str) -> list[Path]:
    return sorted(path for part in ("machine", role) for path in (BOOT / part).rglob("*") if path.is_file())


def _archive(role: str) -> bytes:
    """Pack the scripts, so that the same files give the same bytes on every computer.

    Any difference would replace the instance. bzip2 has one implementation; gzip's output depends on zlib.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in _files(role):
            entry = tarfile.TarInfo(file.relative_to(BOOT).as_posix())
            entry.size = file.stat().st_size
            entry.mode = 0o755 if file.suffix == ".sh" else 0o644
            archive.addfile(entry, io.BytesIO(file.read_bytes()))
    return bz2.compress(packed.getvalue())


def _render(role: str, settings: Mapping[str, str], archive: str) -> str:
    lines = "\n".join(f"{name}={shlex.quote(value)}" for name, value in sorted(settings.items()))
    parts = {"SETTINGS": lines, "ARCHIVE": archive, "ROLE": role}
    text = _PLACEHOLDER.sub(lambda found: parts[found[1]], (BOOT / "user-data.sh").read_text())
    if len(text.encode()) > LIMIT:
        raise UserDataError(f"the user data of {role} has {len(text.encode())} bytes; EC2 takes {LIMIT}")
    return text
