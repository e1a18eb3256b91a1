"""IAM roles for pods."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.iam.grant import Grant, policy
from infra.components.aws.iam.trust import trust_policy
from infra.components.kubernetes.network_policy import IpBlock
from infra.components.ordering import after

# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
ACTIONS = ("sts:AssumeRole", "sts:TagSession")
# On each node, the agent that gives pods their credentials, by HTTP.
POD_IDENTITY_AGENT = IpBlock("identity", ("169.254.170.23/32",))


@dataclass(frozen=True, kw_only=True)
class PodIdentityRoleArgs:
    """Arguments for `PodIdentityRole`.

    Args:
        grants: the role's own policy.
        managed_policy_arns: AWS's policies that it has besides.
    """

    grants: Sequence[Grant] = ()
    managed_policy_arns: Sequence[str] = ()


class PodIdentityRole(pulumi.ComponentResource):
    """A role that EKS Pod Identity gives to the pods of a service account, so that no pod stores a key."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PodIdentityRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PodIdentityRole", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("pods.eks", ACTIONS), opts=child_opts)
        policies: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(f"{name}-{number}", role=role.name, policy_arn=arn, opts=child_opts)
            for number, arn in enumerate(args.managed_policy_arns)
        ]
        if args.grants:
            policies.append(
                aws.iam.RolePolicy(name, role=role.id, policy=policy(args.grants), opts=child_opts)
            )
        self.arn = after(role.arn, *policies)
        self.register_outputs({"arn": self.arn})
