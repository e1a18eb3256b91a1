"""What a package's SDK declares: the properties that its resources take, require and return."""

import inspect
import json
import keyword
import re
import sys
import threading
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

import pulumi
from pulumi import _types

from tests.engine.doubles.wire import Properties, is_unknown, reveal

DeploymentError = tuple[str, str]  # where, and what is wrong there


@dataclass(frozen=True)
class Kind:
    """A type of resource: the class of its arguments, and the names of its outputs."""

    arguments: type
    outputs: frozenset[str]

    def takes(self, name: str) -> bool:
        """Return whether there is an input of this name."""
        return name in _types.input_type_types(self.arguments)

    def faults(self, inputs: Properties) -> list[DeploymentError]:
        """Return what is wrong with a resource's inputs."""
        return list(_object_faults(inputs, self.arguments, ""))


class Schema:
    """The SDK of one package, as it is installed."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.version = version(f"pulumi-{package}")
        # The SDK loads its modules at first use, which is not safe from several threads.
        self._loading = threading.Lock()

    @cache  # noqa: B019  # one schema lives as long as its process
    def kind(self, type_: str) -> Kind:
        """Return the kind of a type such as `aws:ec2/instance:Instance`. Raises LookupError."""
        name = type_.rpartition(":")[2]
        resource = self._find(type_, name)
        if resource is None:
            raise LookupError(f"pulumi-{self.package} {self.version} has no {type_}")
        # Where a property of another resource has taken the usual name, the SDK chooses InitArgs.
        declared = vars(sys.modules[resource.__module__])
        arguments = declared.get(f"{name}InitArgs") or declared[f"{name}Args"]
        return Kind(arguments, frozenset(_types.resource_py_to_pulumi_names(resource).values()))

    def provider_settings(self, inputs: Properties) -> Properties:
        """Return a provider's own inputs, which come as JSON unless they are text."""
        kinds = _types.input_type_types(self._provider_arguments)
        return {
            key: _from_json(value, kinds.get(key, str)) for key, value in inputs.items() if key != "version"
        }

    def provider_faults(self, settings: Properties) -> list[DeploymentError]:
        """Return what is wrong with a provider's settings."""
        return list(_object_faults(settings, self._provider_arguments, ""))

    @property
    def _provider_arguments(self) -> type:
        arguments: type = import_module(f"pulumi_{self.package}").ProviderArgs
        return arguments

    def function_faults(self, token: str, arguments: Properties) -> list[DeploymentError]:
        """Return what is wrong with a call such as `aws:ssm/getParameter:getParameter`."""
        name = token.rpartition(":")[2]
        function = self._find(token, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
        if function is None:
            return [(token, f"pulumi-{self.package} {self.version} has no such function")]
        parameters = {_camel(parameter) for parameter in inspect.signature(function).parameters}
        return [(name, "no such argument") for name in arguments if name not in parameters]

    def _find(self, token: str, name: str) -> Any:
        part = self._module(token.split(":")[1])
        if keyword.iskeyword(part):
            part += "_"
        with self._loading:
            module = import_module(f"pulumi_{self.package}" + ("" if part == "index" else f".{part}"))
            return getattr(module, name, None)

    def _module(self, part: str) -> str:
        """Return the module of a type's middle part: `ec2/instance`, or `policy/v1` where versions count."""
        group, _, version = part.partition("/")
        return f"{group.partition('.')[0]}.{version}" if self.package == "kubernetes" and version else group


@cache
def _declared(arguments: type) -> tuple[dict[str, Any], list[str]]:
    """Return the types of a class of arguments by name, and the names of the required ones."""
    known: dict[str, Any] = _types.input_type_types(arguments)
    wire_names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters.items()
    needed = [wire_names.get(name, name) for name, each in parameters if each.default is each.empty]
    return known, needed


def _object_faults(value: Properties, arguments: type, path: str) -> Iterator[DeploymentError]:
    known, required = _declared(arguments)
    for name in required:
        if value.get(name) is None:
            yield path + name, "is required"
    for name, inner in value.items():
        if name.startswith("__"):
            continue
        if name not in known:
            yield path + name, f"is no property of {arguments.__name__}"
        elif inner is not None:
            yield from _faults(inner, known[name], path + name)


def _faults(marked: Any, kind: Any, path: str) -> Iterator[DeploymentError]:
    value, origin = reveal(marked), typing.get_origin(kind)
    if is_unknown(value) or value is None:
        return
    if origin in (typing.Union, types.UnionType):
        choices = [
            list(_faults(value, choice, path)) for choice in typing.get_args(kind) if _is_plain(choice)
        ]
        if choices and all(choices):
            yield from min(choices, key=len)
    elif origin in (Sequence, list):
        if not isinstance(value, list):
            yield path, "is no list"
            return
        for number, inner in enumerate(value):
            yield from _faults(inner, typing.get_args(kind)[0], f"{path}[{number}]")
    elif origin in (Mapping, dict):
        if not isinstance(value, dict):
            yield path, "is no map"
            return
        for key, inner in value.items():
            yield from _faults(inner, typing.get_args(kind)[1], f"{path}.{key}")
    elif isinstance(kind, type) and _types.is_input_type(kind):
        if not isinstance(value, dict):
            yield path, f"is no {kind.__name__}"
            return
        yield from _object_faults(value, kind, f"{path}.")
    elif not _is_scalar(value, kind):
        yield path, f"is {type(value).__name__}, not {kind.__name__}"


def _is_plain(choice: Any) -> bool:
    """Return whether a type is the argument's own, not a wrapper around it."""
    origin = typing.get_origin(choice) or choice
    wrapper = isinstance(origin, type) and (
        issubclass(origin, pulumi.Output) or origin.__name__ in ("Awaitable", "NoneType")
    )
    return not wrapper and not typing.is_typeddict(choice)


def _is_scalar(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind in (int, float):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (kind is float or float(value).is_integer())
    if kind is str or (isinstance(kind, type) and issubclass(kind, Enum)):
        return isinstance(value, str)
    return True  # assets, archives, anything


def _from_json(value: Any, kind: Any) -> Any:
    text = reveal(value)
    if kind is str or not isinstance(text, str) or is_unknown(text):
        return value
    return json.loads(text)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
