"""Pulumi resources of this machine, written in Python.

Pulumi's dynamic providers show each exception with its traceback. An error that the user can fix is therefore
an output: `error` holds its message, the program raises it where it uses another output of the resource, and
the next `pulumi up` finds it in the state and tries again. Drift counts as an error as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult
from pulumi.dynamic.dynamic import PROVIDER_KEY

from infra.errors import DeploymentError

Properties = Mapping[str, Any]


class LocalProvider(ResourceProvider):
    """One type of resource. The state refers to the class by its name, so its code may change."""

    serialize_as_secret_always = False
    replace_on_changes: Sequence[str] = ()  # inputs whose change replaces the resource
    delete_before_replace = False

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Bring this machine to the state that the inputs describe, and return the other outputs.

        Raises:
            DeploymentError: the user has to fix something first.
        """
        raise NotImplementedError

    def drift(self, outputs: Properties) -> str:  # noqa: ARG002
        """Return what has changed since the last `reconcile`; empty if nothing has."""
        return ""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create the resource."""
        return CreateResult(uuid4().hex, self._reconciled(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Update the resource."""
        return UpdateResult(self._reconciled(news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Look for drift, for `pulumi refresh`."""
        return ReadResult(id_, {**props, "error": props["error"] or self.drift(props)})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare the inputs and look for drift: a plain `pulumi up` repairs what a reboot stopped."""
        changed = [key for key, value in _news.items() if key != PROVIDER_KEY and _olds.get(key) != value]
        return DiffResult(
            changes=bool(changed or _olds["error"] or self.drift(_olds)),
            replaces=[key for key in changed if key in self.replace_on_changes],
            delete_before_replace=self.delete_before_replace,
        )

    def _reconciled(self, inputs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {**inputs, **self.reconcile(inputs), "error": ""}
        except DeploymentError as error:
            return {**inputs, "error": str(error)}


class LocalResource(pulumi.dynamic.Resource):
    """A resource of this machine. Its outputs raise the resource's error, if it has one.

    Args:
        provider: the provider that creates it.
        name: its logical name.
        inputs: its inputs by name.
        outputs: the names of its outputs; each becomes an attribute.
    """

    error: pulumi.Output[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__(module="bookstore", name=cls.__name__)

    def __init__(
        self,
        provider: LocalProvider,
        name: str,
        inputs: Mapping[str, pulumi.Input[Any]],
        outputs: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(provider, name, {**inputs, **dict.fromkeys(outputs), "error": None}, opts)
        for output in outputs:
            value = pulumi.Output.all(getattr(self, output), self.error).apply(_value_or_raise)
            setattr(self, output, value)


def _value_or_raise(value_and_error: list[Any]) -> Any:
    value, error = value_and_error
    if error:
        raise pulumi.RunError(error)
    return value
