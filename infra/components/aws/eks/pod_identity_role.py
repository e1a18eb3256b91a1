"""What pods may do in AWS."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.iam.grant import Grant, policy
from infra.components.aws.iam.trust import trust_policy


@dataclass(frozen=True, kw_only=True)
class PodIdentityRoleArgs:
    """What a role for pods is made of.

    Args:
        grants: what it may do.
        managed: ARNs of AWS's own policies, which it has besides.
    """

    grants: Sequence[Grant] = ()
    managed: Sequence[str] = ()


class PodIdentityRole(pulumi.ComponentResource):
    """A role that EKS's Pod Identity gives to the pods of a service account: no pod keeps a key."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PodIdentityRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PodIdentityRole", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
        role = aws.iam.Role(
            name,
            assume_role_policy=trust_policy("pods.eks", ["sts:AssumeRole", "sts:TagSession"]),
            opts=child_opts,
        )
        parts: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{number}", role=role.name, policy_arn=managed, opts=child_opts
            )
            for number, managed in enumerate(args.managed)
        ]
        if args.grants:
            parts.append(aws.iam.RolePolicy(name, role=role.id, policy=policy(args.grants), opts=child_opts))
        # By way of what it may do: whoever is given the role can use it.
        self.arn = pulumi.Output.all(role.arn, *(part.urn for part in parts)).apply(
            lambda found: str(found[0])
        )
        self.register_outputs({"arn": self.arn})
