"""Resources of this machine: Python settles them, and what goes wrong is told without a traceback.

Pulumi's dynamic providers show every exception with its traceback. A fault of the user is therefore an output
like any other: `fault` holds its message, the program raises it where it takes the resource's other outputs,
and the next `up` finds it in the state and tries again. What came apart behind Pulumi's back is a fault too.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult
from pulumi.dynamic.dynamic import PROVIDER_KEY

from infra.errors import DeploymentError

Properties = Mapping[str, Any]


class Provider(ResourceProvider):
    """One kind of resource; Pulumi's state refers to the class by its name, so its code may change freely."""

    serialize_as_secret_always = False
    replaced_by: Sequence[str] = ()  # the inputs whose change makes another resource
    exclusive = False  # whether the old one has to go before its replacement comes

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Make this machine what the inputs say, from whatever it is now; return the outputs besides them.

        Raises:
            DeploymentError: the user has to mend something first.
        """
        raise NotImplementedError

    def drift(self, outputs: Properties) -> str:  # noqa: ARG002
        """Say what is no longer as it was settled; nothing when all is."""
        return ""

    def remove(self, outputs: Properties) -> None:
        """Take away what was settled, except what belongs to the user."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Settle a new resource."""
        return CreateResult(uuid4().hex, self._outcome(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Settle it again."""
        return UpdateResult(self._outcome(news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Look at this machine, for `pulumi refresh`."""
        return ReadResult(id_, {**props, "fault": props["fault"] or self.drift(props)})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Take it away, for `pulumi destroy`."""
        self.remove(_props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare settings, and look at this machine too: a plain `up` repairs what a reboot took down."""
        changed = [key for key, value in _news.items() if key != PROVIDER_KEY and _olds.get(key) != value]
        return DiffResult(
            changes=bool(changed or _olds["fault"] or self.drift(_olds)),
            replaces=[key for key in changed if key in self.replaced_by],
            delete_before_replace=self.exclusive,
        )

    def _outcome(self, inputs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {**inputs, **self.settle(inputs), "fault": ""}
        except DeploymentError as fault:
            return {**inputs, "fault": str(fault)}


class LocalResource(pulumi.dynamic.Resource):
    """A resource of this machine whose outputs exist only when it was settled without a fault.

    Args:
        provider: what settles it.
        name: its name in the stack.
        inputs: its inputs by name.
        outputs: the names of what it publishes; each is an attribute of this name.
    """

    fault: pulumi.Output[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__(module="bookstore", name=cls.__name__)

    def __init__(
        self,
        provider: Provider,
        name: str,
        inputs: Mapping[str, pulumi.Input[Any]],
        outputs: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(provider, name, {**inputs, **dict.fromkeys(outputs), "fault": None}, opts)
        for output in outputs:
            setattr(self, output, pulumi.Output.all(getattr(self, output), self.fault).apply(_unless_faulty))


def _unless_faulty(value_and_fault: list[Any]) -> Any:
    value, fault = value_and_fault
    if fault:
        raise pulumi.RunError(fault)
    return value
