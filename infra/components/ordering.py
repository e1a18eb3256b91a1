"""The order in which resources are created, where `depends_on` does not reach."""

from typing import TypeVar

import pulumi

Value = TypeVar("Value")


def after(value: pulumi.Output[Value], *resources: pulumi.Resource) -> pulumi.Output[Value]:
    """Return the value once the resources exist: whatever uses the value is created after them.

    Use it for a value that others are given, and for the inputs of a component of another provider, whose
    children do not inherit `depends_on`.
    """
    return pulumi.Output.all(value, *(each.urn for each in resources)).apply(lambda found: found[0])
