"""What every double does alike: a provider as the engine calls it."""

# The names of the methods are the protocol's; gRPC and protobuf come without types.
# ruff: noqa: N802
# mypy: disable-error-code="import-untyped, no-untyped-call, misc"

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from tests.engine.doubles.cloud import Call, Cloud
from tests.engine.doubles.schema import DeploymentError, Schema
from tests.engine.doubles.wire import Properties, is_secret, read, reveal, write


class Behaviour(ABC):
    """What one package's double does in its own way. Secrets in its properties are in plain text."""

    package: str
    immutable: frozenset[str] = frozenset()  # properties whose change makes another object, whatever its type

    def __init__(self) -> None:
        self.settings: Properties = {}

    def refusal(self, _type: str, _inputs: Properties) -> str:
        """Return why the service refuses an object that the SDK accepts; empty if it does not."""
        return ""

    def naming(self, _type: str) -> str:
        """Return the input that Pulumi fills with the resource's name and some random digits."""
        return "name"

    @abstractmethod
    def identify(self, type_: str, inputs: Properties) -> str:
        """Return the id of a new object."""

    @abstractmethod
    def outputs(self, type_: str, id_: str, inputs: Properties) -> Properties:
        """Return what the provider adds to the inputs."""

    def replacing(self, type_: str, inputs: Properties, changed: set[str]) -> set[str]:
        """Return those of the changed properties that replace the object."""
        return changed & self.immutable

    def replaced(self, type_: str, _old: Properties, new: Properties, changed: set[str]) -> set[str]:
        """Return the same, for a package where it depends on the old inputs."""
        return self.replacing(type_, new, changed)

    def named_by_hand(self, _inputs: Properties) -> bool:
        """Return whether a replacement gets the same name, so that the old object must be deleted first."""
        return False

    def renewed(self, _type: str, _outputs: Properties) -> Properties:
        """Return the outputs that change with an update, from the old ones."""
        return {}

    def same(self, _key: str, _old: Properties, _new: Properties) -> bool:
        """Return whether a change of this property has no effect."""
        return False

    def answer(self, token: str, arguments: Properties) -> Properties:
        """Return what a function answers. Raises LookupError for one that no stage has called so far."""
        raise LookupError(token)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """A provider whose objects are in the directory that DOUBLES names."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.schema = Schema(behaviour.package)
        self.cloud = Cloud(Path(os.environ["DOUBLES"]))

    def GetPluginInfo(self, _request: Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Return the version of the SDK that the double follows."""
        return plugin_pb2.PluginInfo(version=self.schema.version)

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:
        """Do nothing: no call takes long."""
        return Empty()

    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Refuse settings of the provider that its SDK does not declare."""
        faults = self.schema.provider_faults(self.schema.provider_settings(read(request.news)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(faults))

    def DiffConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Report no replacement: a change only configures the provider again."""
        changed = _changed(read(request.old_inputs), read(request.news))
        return _diff(changed, set())

    def Configure(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Take the settings."""
        settings = self.schema.provider_settings(read(request.args))
        self.behaviour.settings = reveal(settings)
        self.cloud.record(Call(operation="configure", type=self.behaviour.package, inputs=settings))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Name what has no name, and refuse properties that the SDK does not declare or that are missing."""
        inputs, type_ = read(request.news), _type(request)
        try:
            kind = self.schema.kind(type_)
        except LookupError as error:
            return provider_pb2.CheckResponse(inputs=request.news, failures=_failures([("", str(error))]))
        naming = self.behaviour.naming(type_)
        if kind.takes(naming) and inputs.get(naming) is None and f"{naming}Prefix" not in inputs:
            # A replacement is checked without what was before, and so gets a name of its own.
            known = read(request.olds).get(naming)
            inputs[naming] = known or f"{_name(request)}-{request.randomSeed.hex()[:7]}"
        faults = kind.faults(inputs)
        return provider_pb2.CheckResponse(inputs=write(inputs), failures=_failures(faults))

    def Diff(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Compare inputs."""
        old, new = read(request.old_inputs), read(request.news)
        changed = {
            key for key in _changed(old, new) if not self.behaviour.same(key, reveal(old), reveal(new))
        }
        replacing = self.behaviour.replaced(_type(request), reveal(old), reveal(new), changed)
        return _diff(changed, replacing, first_delete=self.behaviour.named_by_hand(reveal(new)))

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Create an object; in a preview, mark the properties that will be known later."""
        inputs, type_, name = read(request.properties), _type(request), _name(request)
        plain = reveal(inputs)
        id_ = self.behaviour.identify(type_, plain)
        made = self._made(type_, id_, inputs)
        if request.preview:
            unknown = {key: UNKNOWN for key in made if key not in inputs}
            return provider_pb2.CreateResponse(properties=write({**inputs, **unknown}))
        with self.cloud.locked():
            self._fail_once(type_, name, context)
            if refusal := self.behaviour.refusal(type_, plain):
                _refuse(context, f"creating {type_}: {refusal}")
            call = self._call("create", type_, name, id_, inputs, made)
            if call.key in self.cloud.live():
                context.abort(grpc.StatusCode.ALREADY_EXISTS, f"creating {type_}: {id_} exists already")
            self.cloud.record(call)
        return provider_pb2.CreateResponse(id=id_, properties=write(made))

    def Read(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Return an object; one that is gone has no id."""
        found = self.cloud.live().get((_type(request), request.id))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=write(found.outputs), inputs=write(found.inputs)
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change an object; its other outputs stay."""
        inputs, old, type_ = read(request.news), read(request.olds), _type(request)
        made_up = {key: value for key, value in old.items() if key not in read(request.old_inputs)}
        made = self._made(type_, request.id, inputs)
        made = {**made, **{key: value for key, value in made_up.items() if key != "tagsAll"}, **inputs}
        made |= self.behaviour.renewed(type_, old)
        if not request.preview:
            with self.cloud.locked():
                if (type_, request.id) not in self.cloud.live():
                    context.abort(grpc.StatusCode.NOT_FOUND, f"updating {type_}: {request.id} is gone")
                self.cloud.record(self._call("update", type_, _name(request), request.id, inputs, made))
        return provider_pb2.UpdateResponse(properties=write(made))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """Delete an object, unless another one still refers to it."""
        type_ = _type(request)
        with self.cloud.locked():
            found = self.cloud.live().get((type_, request.id))
            if found is None:
                return Empty()
            if users := self.cloud.users(found):
                context.abort(
                    grpc.StatusCode.FAILED_PRECONDITION,
                    f"deleting {type_} {request.id}: DependencyViolation: used by {', '.join(users)}",
                )
            self.cloud.record(Call(operation="delete", type=type_, name=_name(request), id=request.id))
        return Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a function."""
        arguments = read(request.args)
        if faults := self.schema.function_faults(request.tok, arguments):
            return provider_pb2.InvokeResponse(failures=_failures(faults))
        self.cloud.record(Call(operation="invoke", type=request.tok, inputs=arguments))
        try:
            answer = self.behaviour.answer(request.tok, reveal(arguments))
        except LookupError:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the double does not answer {request.tok}")
        return provider_pb2.InvokeResponse(**{"return": write(answer)})

    def _call(
        self, operation: str, type_: str, name: str, id_: str, inputs: Properties, outputs: Properties
    ) -> Call:
        return Call(
            operation=operation,
            type=type_,
            name=name,
            id=id_,
            naming=self.behaviour.naming(type_),
            inputs=inputs,
            outputs=outputs,
        )

    def _made(self, type_: str, id_: str, inputs: Properties) -> Properties:
        """Return the inputs and the provider's outputs, as far as the SDK declares them."""
        declared = self.schema.kind(type_).outputs
        outputs = self.behaviour.outputs(type_, id_, reveal(inputs))
        return _merged({key: value for key, value in outputs.items() if key in declared}, inputs)

    def _fail_once(self, type_: str, name: str, context: grpc.ServicerContext) -> None:
        kind = type_.rpartition(":")[2]
        if os.environ.get("DOUBLES_FAIL") not in (name, f"{kind} {name}"):
            return
        if any(call.operation == "fail" and call.name == name for call in self.cloud.calls()):
            return
        self.cloud.record(Call(operation="fail", type=type_, name=name))
        _refuse(context, f"creating {type_}: InsufficientCapacity: try again later")


def _merged(made: Properties, inputs: Properties) -> Properties:
    """Return the inputs, with what the provider adds inside them."""
    both = {key: (made[key], value) for key, value in inputs.items() if key in made}
    inner = {
        key: _merged(old, new)
        for key, (old, new) in both.items()
        if isinstance(old, dict) and isinstance(new, dict) and not is_secret(new)
    }
    return {**made, **inputs, **inner}


def _refuse(context: grpc.ServicerContext, words: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, words)
    raise AssertionError("abort raises")


def random_hex(length: int) -> str:
    """Return a unique id."""
    return sha256(os.urandom(16)).hexdigest()[:length]


def _type(request: Any) -> str:
    """Return the type in `urn:pulumi:stack::project::parent$type::name`, as not every request has it."""
    return str(request.urn).split("::")[2].split("$")[-1]


def _name(request: Any) -> str:
    return str(request.urn).split("::", 3)[3]


def _changed(old: Properties, new: Properties) -> set[str]:
    return {
        key
        for key in old.keys() | new.keys()
        if not key.startswith("__")
        and (
            reveal(old.get(key)) != reveal(new.get(key)) or is_secret(old.get(key)) != is_secret(new.get(key))
        )
    }


def _diff(changed: set[str], replacing: set[str], *, first_delete: bool = False) -> Any:
    changes = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=changes,
        diffs=sorted(changed),
        replaces=sorted(replacing),
        deleteBeforeReplace=first_delete and bool(replacing),
    )


def _failures(faults: Iterable[DeploymentError]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=place, reason=f"{place} {reason}") for place, reason in faults]
