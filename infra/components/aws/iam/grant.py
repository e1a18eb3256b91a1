"""Permissions that components offer to roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Some actions on some resources. A component publishes the grants that its users need.

    Args:
        actions: such as `s3:GetObject`.
        resources: ARNs; `*` only for actions that support no resource.
        conditions: by operator and key, as in an IAM policy.
    """

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]
    conditions: Mapping[str, Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]] = field(
        default_factory=dict
    )


def policy(grants: Sequence[Grant]) -> pulumi.Output[str]:
    """Return the policy document that allows the grants and nothing else."""
    statements = [
        {
            "Effect": "Allow",
            "Action": list(grant.actions),
            "Resource": list(grant.resources),
            **({"Condition": grant.conditions} if grant.conditions else {}),
        }
        for grant in grants
    ]
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})
