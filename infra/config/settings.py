"""What every table of settings is made of: the base model, the kinds of values, the refusal."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    SecretStr,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from infra.remedy import PROJECT

CHECKOUT = Path(__file__).resolve().parents[2]


class _Encrypted(str):
    """A value that only the engine can decrypt."""


# Stands for a `secure:` value where settings are parsed without the engine.
ENCRYPTED = _Encrypted("[secret]")


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting is kept encrypted."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


class RefusedError(ValueError):
    """Settings that contradict each other.

    Args:
        cause: what is wrong.
        advice: what to do about it.
        changes: what mends it, one or the other: a key and its new value, or None to take it out.
        secret: the new value is kept encrypted.
    """

    def __init__(
        self, cause: str, advice: str, changes: dict[str, str | None], *, secret: bool = False
    ) -> None:
        super().__init__(cause)
        self.cause, self.advice, self.changes, self.secret = cause, advice, changes, secret


class Settings(BaseModel):
    """Settings of a stage: the field `data_directory` is the setting `bookstore:dataDirectory`.

    Each field states its type, default, range and description. Messages, `Pulumi.yaml` and the tables in
    docs/ come from there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _read_text(cls, written: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """Read what Pulumi stores as text, in one spelling: not ` 8_080`, not `yes`."""
        field = cls.model_fields[info.field_name or ""]
        if written is ENCRYPTED:  # its default stands for it, or else the placeholder
            default = field.get_default(call_default_factory=True, validated_data=info.data)
            if default not in (None, ""):
                return handler(default)
            return handler(str(written)) if is_secret(field) else written
        if isinstance(written, str):
            if field.annotation is int and not re.fullmatch(r"-?[0-9]{1,9}", written):
                raise ValueError("not a whole number")
            if field.annotation is bool and written not in ("true", "false"):
                raise ValueError("neither true nor false")
        return handler(written)

    def _both_or_neither(self, *names: str) -> None:
        given: list[str] = []
        missing: list[str] = []
        for name in names:
            (missing if getattr(self, name) is None else given).append(name)
        if given and missing:
            raise RefusedError(
                f"{PROJECT}:{to_camel(given[0])} is set and {PROJECT}:{to_camel(missing[0])} is not",
                "set both or neither",
                {to_camel(missing[0]): "VALUE"},
                secret=is_secret(type(self).model_fields[missing[0]]),
            )


@dataclass(frozen=True)
class Checked:
    """How a setting's text is read.

    Args:
        allowed: what is allowed, in words.
        read: returns the value of a text, or raises ValueError.
        example: a text that is allowed, for settings without a default.
    """

    allowed: str
    read: Callable[[str], object]
    example: str = "VALUE"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read texts with `read`, unless they are empty; check the type of all values."""
        return core_schema.no_info_before_validator_function(
            lambda value: self.read(value) if isinstance(value, str) and value else value, handler(source)
        )


def matching(pattern: str, allowed: str, example: str = "VALUE") -> Checked:
    """Return the check that a text matches a regular expression as a whole."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError("does not match")
        return text

    return Checked(allowed, read, example)


def one_of(*choices: str) -> Checked:
    """Return the check that a text is one of these, where there are too many for a Literal."""
    return matching("|".join(map(re.escape, choices)), " or ".join(choices))


def _loopback(text: str) -> str:
    if not ipaddress.ip_address(text).is_loopback:
        raise ValueError("other machines reach it")
    return text


def _cidr(text: str) -> str:
    network = ipaddress.IPv4Network(text.strip())
    if network.prefixlen < 8:
        raise ValueError("larger than a /8")
    return str(network)


def _cidrs(text: str) -> tuple[str, ...]:
    return tuple(_cidr(part) for part in text.split(","))


def _arns(text: str) -> tuple[str, ...]:
    arns = tuple(part.strip() for part in text.split(","))
    if not all(re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn) for arn in arns):
        raise ValueError("not an ARN of a role or user")
    return arns


LoopbackAddress = Annotated[str, Checked("a loopback address", _loopback)]
Cidr = Annotated[
    str | None, Checked("a range of IPv4 addresses, at most a /8", _cidr, example="203.0.113.7/32")
]
Cidrs = Annotated[
    tuple[str, ...],
    Checked(
        "a range of IPv4 addresses, at most a /8, or several with commas between", _cidrs, "203.0.113.7/32"
    ),
]
Arns = Annotated[
    tuple[str, ...],
    Checked(
        "the ARN of an IAM role or user, or several with commas between",
        _arns,
        "arn:aws:iam::123456789012:role/NAME",
    ),
]
DomainName = Annotated[str | None, matching(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "a domain name", "example.com")]
InstanceType = Annotated[str, matching(r"[a-z0-9-]+\.[a-z0-9-]+", "an instance type for x86_64")]
PATH = Checked("a path", str, "PATH")
EMAIL = matching(r"[^@\s]+@[^@\s]+", "an e-mail address", "you@example.com")
STORAGE_CLASS = matching(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "the name of a storage class")
