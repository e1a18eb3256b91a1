"""The settings of a stack, checked; nothing else reads Pulumi's configuration.

Each stage has one frozen dataclass here. Its fields are the stage's settings: `order_timeout_minutes` is
`bookstore:orderTimeoutMinutes` in `Pulumi.<stack>.yaml` and in the schema of `Pulumi.yaml`.
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Self

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.fault import Fault

PROJECT = "bookstore"
CHECKOUT = Path(__file__).resolve().parents[1]


class Keys:
    """The settings as the user wrote them, taken one by one and refused with the remedy.

    Args:
        written: text by key without the project's name, as Pulumi stores it.
        stack: the stack's name.
    """

    def __init__(self, written: Mapping[str, str], stack: str) -> None:
        self._written = written
        self.stack = stack

    @classmethod
    def of_stack(cls) -> Self:
        """Take the keys of the running stack that belong to this project."""
        prefix = f"{PROJECT}:"
        config = pulumi.Config(PROJECT)
        names = {
            key.removeprefix(prefix) for key in {*CONFIG.get(), *get_config_env()} if key.startswith(prefix)
        }
        return cls({name: config.get(name) or "" for name in names}, pulumi.get_stack())

    def refuse_unknown(self, known: set[str]) -> None:
        """Refuse the first key that no stage knows, naming the nearest one that exists."""
        for name in sorted(set(self._written) - known):
            near = get_close_matches(name, known, n=1)
            meant = f"{PROJECT}:{near[0]}" if near else f"one of {', '.join(sorted(known))}"
            raise Fault(
                f"{PROJECT}:{name} is no setting of this project; did you mean {meant}?",
                f"take it out: pulumi config rm {PROJECT}:{name}",
            )

    def text(self, name: str, default: str) -> str:
        """Give a text; an empty one counts as not set."""
        return self._written.get(name) or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Give a whole number between low and high, both allowed."""
        written = self.text(name, str(default))
        if not re.fullmatch(r"-?\d{1,9}", written) or not low <= int(written) <= high:
            raise self.wrong(name, written, f"{low}-{high}", str(default))
        return int(written)

    def choice(self, name: str, default: str, allowed: list[str]) -> str:
        """Give one of the allowed texts."""
        written = self.text(name, default)
        if written not in allowed:
            raise self.wrong(name, written, " or ".join(allowed), default)
        return written

    def loopback(self, name: str, default: str) -> str:
        """Give an address that only this machine reaches."""
        written = self.text(name, default)
        try:
            local = ipaddress.ip_address(written).is_loopback
        except ValueError:
            local = False
        if not local:
            raise self.wrong(name, written, "a loopback address", default)
        return written

    def directory(self, name: str, default: Path) -> Path:
        """Give an absolute path; `~` is the user's home, a relative path starts in the checkout."""
        written = self.text(name, str(default))
        if re.search(r"[\n\r]|\s[;#]", written):  # supervisord takes what follows for a comment
            raise self.wrong(
                name, json.dumps(written), "a path without line breaks, ' ;' and ' #'", str(default)
            )
        try:
            return CHECKOUT / Path(written).expanduser()
        except RuntimeError:
            raise self.wrong(name, written, "a path whose ~user exists", str(default)) from None

    def wrong(self, name: str, written: str, allowed: str, example: str) -> Fault:
        """Say what is wrong with a value and the command that mends it."""
        return Fault(
            f"{PROJECT}:{name} is {written}",
            f"choose {allowed}: pulumi config set {PROJECT}:{name} {example}",
        )


@dataclass(frozen=True, kw_only=True)
class Dev:
    """The settings of `dev`: the BookStore served on this machine."""

    host: str
    port: int
    workers: int
    data_directory: Path
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: Keys) -> Self:
        """Take the settings of `dev` from the stack's keys."""
        return cls(
            host=keys.loopback("host", "127.0.0.1"),
            port=keys.number("port", 8080, 1024, 65535),
            workers=keys.number("workers", 2, 1, 16),
            data_directory=keys.directory("dataDirectory", Path(".data") / keys.stack),
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )


STAGES = {"dev": Dev}


def read() -> Dev:
    """Read the settings of the running stack's stage.

    Raises:
        Fault: a key that no stage knows, or a value that its stage does not allow.
    """
    keys = Keys.of_stack()
    known = {camel_case(field.name) for stage in STAGES.values() for field in fields(stage)}
    keys.refuse_unknown({"stage", *known})
    return STAGES[keys.choice("stage", "dev", list(STAGES))].read(keys)


def camel_case(name: str) -> str:
    """Give the key of a field: `data_directory` is written `dataDirectory`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
