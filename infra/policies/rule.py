"""The decorator that makes a policy of a function."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

Properties = Mapping[str, Any]
Check = Callable[[Properties], Iterator[str]]


def rule(
    *types: str, level: EnforcementLevel = EnforcementLevel.MANDATORY
) -> Callable[[Check], ResourceValidationPolicy]:
    """Make a policy of a function that checks resources of these types.

    A mandatory policy stops the deployment, an advisory one warns. The policy gets the function's name in
    kebab-case, and its docstring as the description. The function yields each violation as a sentence with
    the remedy. It sees secrets in plain text, so no violation may quote a value.
    """

    def make(check: Check) -> ResourceValidationPolicy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type not in types:
                return
            try:
                for violation in check(args.props):
                    report(f"{args.name} ({args.resource_type}): {violation}", None)
            except UnknownValueError:
                # Unknown in a preview; `pulumi up` checks again before it creates the resource.
                return

        name = check.__name__.replace("_", "-")
        return ResourceValidationPolicy(
            name=name, description=str(check.__doc__), validate=validate, enforcement_level=level
        )

    return make


def true(value: object) -> bool:
    """Tell whether a property is true; a provider's settings are strings."""
    return value is True or value == "true"
