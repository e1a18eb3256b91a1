"""A mock of the engine that creates nothing and records the requests."""

from typing import Any

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks


class Recorder(Mocks):
    """Returns the inputs of each resource as its outputs.

    Args:
        made: more outputs by resource name, as a provider would compute them.
    """

    def __init__(self, made: dict[str, dict[str, Any]] | None = None) -> None:
        self.made = made or {}
        self.inputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Record a resource."""
        self.inputs[args.name] = dict(args.inputs)
        return f"{args.name}-id", {**args.inputs, "error": "", **self.made.get(args.name, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse: the stage `dev` calls no provider function."""
        raise NotImplementedError(args.token)
