"""Values as the engine sends them: JSON, with marks for secrets and unknown values."""

# The protocol's messages come without types.
# mypy: disable-error-code="import-untyped"

from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.rpc import UNKNOWN

Properties = dict[str, Any]
# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def read(message: Struct) -> Properties:
    """Return the properties of a message, with their marks."""
    properties: Properties = MessageToDict(message)
    return properties


def write(properties: Properties) -> Struct:
    """Return a message of properties."""
    message = Struct()
    message.update(properties)
    return message


def is_secret(value: object) -> bool:
    """Return whether the value is marked as a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def is_unknown(value: object) -> bool:
    """Return whether the value will only be known after a resource was created."""
    return value == UNKNOWN


def reveal(value: Any) -> Any:
    """Return the value with its secrets in plain text."""
    if is_secret(value):
        return reveal(value["value"])
    if isinstance(value, dict):
        return {key: reveal(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [reveal(inner) for inner in value]
    return value


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
