"""What pods may do in AWS."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.aws.grant import Grant, policy


@dataclass(frozen=True, kw_only=True)
class PodRoleArgs:
    """What a role for pods is made of.

    Args:
        grants: what it may do.
        managed: ARNs of AWS's own policies, which it has besides.
    """

    grants: Sequence[Grant] = ()
    managed: Sequence[str] = ()


class PodRole(pulumi.ComponentResource):
    """A role that EKS's Pod Identity gives to the pods of a service account: no pod keeps a key."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: PodRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:PodRole", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=_ASSUMED_BY_PODS, opts=inside)
        parts: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(f"{name}-{number}", role=role.name, policy_arn=managed, opts=inside)
            for number, managed in enumerate(args.managed)
        ]
        if args.grants:
            parts.append(aws.iam.RolePolicy(name, role=role.id, policy=policy(args.grants), opts=inside))
        # By way of what it may do: whoever is given the role can use it.
        self.arn = pulumi.Output.all(role.arn, *(part.urn for part in parts)).apply(
            lambda found: str(found[0])
        )
        self.register_outputs({"arn": self.arn})


# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
_ASSUMED_BY_PODS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }
)
