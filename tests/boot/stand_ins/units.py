"""Systemd units, as the first process of a test machine reads them."""

import re
from pathlib import Path

ETC = Path("/etc/systemd/system")
FOLDERS = (ETC, Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
SECONDS = {"ms": 0.001, "s": 1, "": 1, "sec": 1, "min": 60, "h": 3600}

Section = dict[str, list[str]]


class UnitError(Exception):
    """The message of `systemctl` before it exits with status 1."""


def find(name: str) -> Path:
    """Return the file of a unit: the administrator's before the package's."""
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise UnitError(f"Unit {name} not found.")


def read(name: str) -> dict[str, Section]:
    """Return sections of keys of values: a key may be repeated, and an empty value clears earlier ones."""
    sections: dict[str, Section] = {}
    section: Section = {}
    files = [find(name), *sorted((ETC / f"{name}.d").glob("*.conf"))]
    text = "\n".join(file.read_text() for file in files)
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip(" []"), {})
        elif "=" in line and line[0] not in "#;":
            key, value = (part.strip() for part in line.split("=", 1))
            section[key] = [*section.get(key, []), value] if value else []
    return sections


def seconds(text: str) -> float:
    """Return the seconds of a time span such as `15min` or `2min 30s`."""
    return sum(float(number) * SECONDS[unit] for number, unit in re.findall(r"([\d.]+)\s*([a-z]*)", text))


def enable(name: str) -> None:
    """Make the unit start at boot."""
    for target in read(name).get("Install", {}).get("WantedBy", []):
        link = ETC / f"{target}.wants" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(find(name))


def enabled() -> list[str]:
    """Return the units that start at boot."""
    links = [
        link for target in ("multi-user", "timers") for link in (ETC / f"{target}.target.wants").glob("*")
    ]
    return sorted(link.name for link in links if link.suffix in {".service", ".timer"} and link.exists())
