"""Units of systemd as the test machines' first process reads them."""

import re
from pathlib import Path

ETC = Path("/etc/systemd/system")
FOLDERS = (ETC, Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
SECONDS = {"ms": 0.001, "s": 1, "": 1, "sec": 1, "min": 60, "h": 3600}

Section = dict[str, list[str]]


class UnitError(Exception):
    """What `systemctl` says before it ends with status 1."""


def find(name: str) -> Path:
    """The file of a unit: what the administrator wrote goes before what a package brought."""
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise UnitError(f"Unit {name} not found.")


def read(name: str) -> dict[str, Section]:
    """Sections of keys of values: a key may come more than once, and an empty value forgets those before."""
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
    """What a span such as `15min` or `2min 30s` lasts."""
    return sum(float(number) * SECONDS[unit] for number, unit in re.findall(r"([\d.]+)\s*([a-z]*)", text))


def enable(name: str) -> None:
    """Let the unit start whenever the machine does."""
    for target in read(name).get("Install", {}).get("WantedBy", []):
        link = ETC / f"{target}.wants" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(find(name))


def enabled() -> list[str]:
    """The units that start with the machine."""
    links = [
        link for target in ("multi-user", "timers") for link in (ETC / f"{target}.target.wants").glob("*")
    ]
    return sorted(link.name for link in links if link.suffix in {".service", ".timer"} and link.exists())
