"""What an EC2 instance may do in AWS."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.user_data import METRIC_NAMESPACE
from infra.components.aws.iam.grant import Grant, policy
from infra.components.aws.iam.trust import trust_policy


@dataclass(frozen=True, kw_only=True)
class InstanceProfileArgs:
    """Arguments for `InstanceProfile`.

    Args:
        log_group_arn: the log group that the instances write to.
        grants: what they may do besides reporting on themselves.
    """

    log_group_arn: pulumi.Output[str]
    grants: Sequence[Grant]


class InstanceProfile(pulumi.ComponentResource):
    """A role for the EC2 instances that have this name as their tag `Name`."""

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: InstanceProfileArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:InstanceProfile", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust_policy("ec2"), opts=child_opts)
        permissions = aws.iam.RolePolicy(
            name,
            role=role.id,
            policy=policy([*_report(name, args.log_group_arn), *args.grants]),
            opts=child_opts,
        )
        profile = aws.iam.InstanceProfile(name, role=role.name, opts=child_opts)
        # Known only after the policy is attached: boot scripts need it within a minute.
        self.name = pulumi.Output.all(profile.name, permissions.id).apply(lambda ids: str(ids[0]))
        self.register_outputs({"name": self.name})


def _report(name: str, log_group_arn: pulumi.Output[str]) -> list[Grant]:
    """Return what every instance may do: report on itself and serve Session Manager."""
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
        # These actions support no resources. AWS's managed policy could also read every SSM parameter.
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
