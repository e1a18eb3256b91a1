"""What a machine may do in AWS."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.user_data import METRIC_NAMESPACE
from infra.components.aws.iam.grant import Grant, policy
from infra.components.aws.iam.trust import trust_policy


@dataclass(frozen=True, kw_only=True)
class InstanceProfileArgs:
    """What a machine's role is made of.

    Args:
        log_group_arn: where the machine writes what it does.
        grants: what it may do besides reporting on itself.
    """

    log_group_arn: pulumi.Output[str]
    grants: Sequence[Grant]


class InstanceProfile(pulumi.ComponentResource):
    """A role for machines whose tag Name is the role's name: to report on themselves, and what is granted."""

    profile: pulumi.Output[str]

    def __init__(
        self, name: str, args: InstanceProfileArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:InstanceProfile", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("ec2"), opts=child_opts)
        allowed = aws.iam.RolePolicy(
            name,
            role=role.id,
            policy=policy([*_report(name, args.log_group_arn), *args.grants]),
            opts=child_opts,
        )
        profile = aws.iam.InstanceProfile(name, role=role.name, opts=child_opts)
        # By way of the policy: boot scripts use it within a minute.
        self.profile = pulumi.Output.all(profile.name, allowed.id).apply(lambda found: str(found[0]))
        self.register_outputs({"profile": self.profile})


def _report(name: str, log_group_arn: pulumi.Output[str]) -> list[Grant]:
    """Return what every machine may do: tell how it is, and be opened by Session Manager."""
    return [
        Grant(
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[log_group_arn, pulumi.Output.concat(log_group_arn, ":*")],
        ),
        Grant(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        ),
        Grant(
            actions=["ec2:CreateTags"],
            resources=["arn:aws:ec2:*:*:instance/*"],
            conditions={
                "StringEquals": {"aws:ResourceTag/Name": name},
                "ForAllValues:StringEquals": {"aws:TagKeys": "BootStatus"},
            },
        ),
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
        # These actions know no resources. The managed policy would also read every parameter of the account.
        Grant(
            actions=[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        ),
    ]
