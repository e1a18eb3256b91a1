"""What a policy is made of: a function that tells what is wrong with a resource and how to mend it."""

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
    """Make a policy of a check of resources of these types; a mandatory one stops what an advisory one tells.

    The policy has the check's name in kebab-case and its docstring for a description. The check gives each
    fault as a sentence and its remedy. Secrets come to it in the clear: no fault may quote a value.
    """

    def make(check: Check) -> ResourceValidationPolicy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type not in types:
                return
            try:
                for fault in check(args.props):
                    report(f"{args.name} ({args.resource_type}): {fault}", None)
            except UnknownValueError:
                # Not known in a preview; `up` asks again before the resource is made.
                return

        name = check.__name__.replace("_", "-")
        return ResourceValidationPolicy(
            name=name, description=str(check.__doc__), validate=validate, enforcement_level=level
        )

    return make


def true(value: object) -> bool:
    """Whether a switch is on; providers' own settings come as text."""
    return value is True or value == "true"
