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

from infra.aws.domain import Domain, DuckDns, Route53, Sslip
from infra.fault import Fault

PROJECT = "bookstore"
EMAIL = r"[^@\s]+@[^@\s]+"
IMAGE = r"ami-[0-9a-f]+|/\S+"
INSTANCE_TYPE = r"[a-z0-9-]+\.[a-z0-9-]+"
# What Canonical calls current: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"
NAME = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
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
        if not re.fullmatch(r"-?[0-9]{1,9}", written) or not low <= int(written) <= high:
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

    def flag(self, name: str, default: bool) -> bool:
        """Give a yes or no, written true or false."""
        return self.choice(name, json.dumps(default), ["true", "false"]) == "true"

    def pattern(self, name: str, allowed: str, default: str, meaning: str) -> str:
        """Give a text that matches a regular expression as a whole, or the default."""
        written = self.text(name, default)
        if written != default and not re.fullmatch(allowed, written):
            raise self.wrong(name, written, meaning, default or "VALUE")
        return written

    def addresses(self, name: str) -> str | None:
        """Give a range of IPv4 addresses that is not the whole Internet, or None."""
        written = self.text(name, "")
        if not written:
            return None
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
                raise Fault(
                    f"{PROJECT}:{given} is set and {PROJECT}:{missing} is not",
                    f"set both or neither: pulumi config set {PROJECT}:{missing} VALUE",
                )

    def refuse_both(self, one: str, other: str) -> None:
        """Refuse two settings of which the stack can follow one."""
        if self.text(one, "") and self.text(other, ""):
            raise Fault(
                f"{PROJECT}:{one} and {PROJECT}:{other} are both set",
                f"take one of them out: pulumi config rm {PROJECT}:{one}",
            )

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


@dataclass(frozen=True, kw_only=True)
class Monolith:
    """The settings of `monolith`: the BookStore on two machines in AWS. Disks are in GiB."""

    region: str
    emulator: str | None
    machine_image: str
    nat: str
    app_size: str
    app_storage: int
    database_size: str
    database_storage: int
    backup_days: int
    keep_data: bool
    build_image: bool
    duckdns_domain: str | None
    duckdns_token: pulumi.Output[str] | None
    route53_zone: str | None
    route53_name: str | None
    acme_email: str
    alarm_email: str | None
    ssh_from: str | None
    ssh_key: str | None
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: Keys) -> Self:
        """Take the settings of `monolith` from the stack's keys."""
        keys.refuse_half("duckdnsDomain", "duckdnsToken")
        keys.refuse_half("route53Zone", "route53Name")
        keys.refuse_half("sshFrom", "sshKey")
        keys.refuse_both("duckdnsDomain", "route53Zone")
        token = keys.text("duckdnsToken", "")
        emulator = keys.pattern(
            "emulator", r"https?://[\w.:-]+/?", "", "the URL of an emulated AWS, or nothing"
        )
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            emulator=emulator or None,
            machine_image=keys.pattern(
                "machineImage", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"
            ),
            nat=keys.choice("nat", "instance", ["instance", "gateway"]),
            app_size=keys.pattern("appSize", INSTANCE_TYPE, "t2.small", "an instance type of x86_64"),
            app_storage=keys.number("appStorage", 5, 1, 1024),
            database_size=keys.pattern(
                "databaseSize", INSTANCE_TYPE, "t2.micro", "an instance type of x86_64"
            ),
            database_storage=keys.number("databaseStorage", 10, 5, 1024),
            backup_days=keys.number("backupDays", 14, 1, 365),
            keep_data=keys.flag("keepData", True),
            # An emulated registry takes no images.
            build_image=keys.flag("buildImage", not emulator),
            duckdns_domain=keys.pattern("duckdnsDomain", r"[a-z0-9-]+", "", "the part before .duckdns.org")
            or None,
            duckdns_token=pulumi.Output.secret(token) if token else None,
            route53_zone=keys.pattern("route53Zone", NAME, "", "a zone of the account, as example.com")
            or None,
            route53_name=keys.pattern("route53Name", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            acme_email=keys.pattern("acmeEmail", EMAIL, "", "an e-mail address, or nothing"),
            alarm_email=keys.pattern("alarmEmail", EMAIL, "", "an e-mail address, or nothing") or None,
            ssh_from=keys.addresses("sshFrom"),
            ssh_key=keys.pattern("sshKey", r"(ssh|ecdsa)-\S+ \S+( .*)?", "", "an OpenSSH public key") or None,
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )

    @property
    def domain(self) -> Domain:
        """Give the name that the shop gets: one at sslip.io, which needs nothing, unless the settings say."""
        if self.duckdns_domain is not None and self.duckdns_token is not None:
            return DuckDns(domain=self.duckdns_domain, token=self.duckdns_token)
        if self.route53_zone is not None and self.route53_name is not None:
            return Route53(zone=self.route53_zone, name=self.route53_name)
        return Sslip()


STAGES: dict[str, type[Dev] | type[Monolith]] = {"dev": Dev, "monolith": Monolith}


def read() -> Dev | Monolith:
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
