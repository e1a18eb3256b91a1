"""A stand-in for the engine that makes nothing and remembers what it was asked for."""

from typing import Any

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks


class Recorder(Mocks):
    """Gives every resource its inputs for outputs.

    Args:
        made: more outputs by resource name, as a provider would make them.
    """

    def __init__(self, made: dict[str, dict[str, Any]] | None = None) -> None:
        self.made = made or {}
        self.inputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Remember a resource."""
        self.inputs[args.name] = dict(args.inputs)
        return f"{args.name}-id", {**args.inputs, "fault": "", **self.made.get(args.name, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse: no stage asks a provider for anything yet to be answered here."""
        raise NotImplementedError(args.token)
