"""The settings as the user wrote them, taken one by one and refused with the remedy."""

import ipaddress
import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Self

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.errors import DeploymentError

PROJECT = "bookstore"
CHECKOUT = Path(__file__).resolve().parents[2]


class StackConfig:
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
            raise DeploymentError(
                f"{PROJECT}:{name} is no setting of this project; did you mean {meant}?",
                f"take it out: pulumi config rm {PROJECT}:{name}",
            )

    def text(self, name: str, default: str) -> str:
        """Return a text; an empty one counts as not set."""
        return self._written.get(name) or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number between low and high, both allowed."""
        written = self.text(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,9}", written) or not low <= int(written) <= high:
            raise self.wrong(name, written, f"{low}-{high}", str(default))
        return int(written)

    def choice(self, name: str, default: str, allowed: list[str]) -> str:
        """Return one of the allowed texts."""
        written = self.text(name, default)
        if written not in allowed:
            raise self.wrong(name, written, " or ".join(allowed), default)
        return written

    def loopback(self, name: str, default: str) -> str:
        """Return an address that only this machine reaches."""
        written = self.text(name, default)
        try:
            local = ipaddress.ip_address(written).is_loopback
        except ValueError:
            local = False
        if not local:
            raise self.wrong(name, written, "a loopback address", default)
        return written

    def directory(self, name: str, default: Path) -> Path:
        """Return an absolute path; `~` is the user's home, a relative path starts in the checkout."""
        written = self.text(name, str(default))
        if re.search(r"[\n\r]|\s[;#]", written):  # supervisord takes what follows for a comment
            raise self.wrong(
                name, json.dumps(written), "a path without line breaks, ' ;' and ' #'", str(default)
            )
        try:
            return CHECKOUT / Path(written).expanduser()
        except RuntimeError:
            raise self.wrong(name, written, "a path whose ~user exists", str(default)) from None

    def flag(self, name: str, default: bool) -> bool:
        """Return a yes or no, written true or false."""
        return self.choice(name, json.dumps(default), ["true", "false"]) == "true"

    def pattern(self, name: str, allowed: str, default: str, meaning: str) -> str:
        """Return a text that matches a regular expression as a whole, or the default."""
        written = self.text(name, default)
        if written != default and not re.fullmatch(allowed, written):
            raise self.wrong(name, written, meaning, default or "VALUE")
        return written

    def patterns(self, name: str, allowed: str, meaning: str) -> list[str]:
        """Return comma-separated texts, each of which matches a regular expression as a whole."""
        written = [part.strip() for part in self.text(name, "").split(",") if part.strip()]
        for part in written:
            if not re.fullmatch(allowed, part):
                raise self.wrong(name, part, meaning, "ARN,ARN")
        return written

    def addresses(self, name: str) -> str | None:
        """Return a range of IPv4 addresses that is not the whole Internet, or None."""
        written = self.text(name, "")
        return self._range(name, written) if written else None

    def ranges(self, name: str) -> list[str]:
        """Return comma-separated IPv4 ranges, none of which is the whole Internet."""
        written = self.text(name, "")
        return [self._range(name, part.strip()) for part in written.split(",")] if written else []

    def _range(self, name: str, written: str) -> str:
        try:
            network = ipaddress.IPv4Network(written)
        except ValueError:
            network = None
        if network is None or network.prefixlen < 8:
            raise self.wrong(name, written, "a range of IPv4 addresses, at most a /8", "203.0.113.7/32")
        return str(network)

    def refuse_half(self, one: str, other: str) -> None:
        """Refuse one of two settings that make sense only together."""
        for given, missing in ((one, other), (other, one)):
            if self.text(given, "") and not self.text(missing, ""):
                raise DeploymentError(
                    f"{PROJECT}:{given} is set and {PROJECT}:{missing} is not",
                    f"set both or neither: pulumi config set {PROJECT}:{missing} VALUE",
                )

    def refuse_both(self, one: str, other: str) -> None:
        """Refuse two settings of which the stack can follow one."""
        if self.text(one, "") and self.text(other, ""):
            raise DeploymentError(
                f"{PROJECT}:{one} and {PROJECT}:{other} are both set",
                f"take one of them out: pulumi config rm {PROJECT}:{one}",
            )

    def wrong(self, name: str, written: str, allowed: str, example: str) -> DeploymentError:
        """Say what is wrong with a value and the command that mends it."""
        return DeploymentError(
            f"{PROJECT}:{name} is {written}",
            f"choose {allowed}: pulumi config set {PROJECT}:{name} {example}",
        )
