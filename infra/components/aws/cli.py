"""Commands of the AWS CLI, for a stage's outputs: to paste into a terminal."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class AwsCli:
    """The AWS CLI in one region.

    Args:
        region: such as `us-east-1`.
        tags: the tags that tell the stack's resources from others.
    """

    region: str
    tags: dict[str, str]

    def start_session(self, instance_id: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that opens a shell on an EC2 instance."""
        return pulumi.Output.concat(f"aws ssm start-session --region {self.region} --target ", instance_id)

    def tail_logs(self, log_group: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that shows a log group's new lines as they arrive."""
        return pulumi.Output.concat(f"aws logs tail --follow --region {self.region} ", log_group)

    def boot_status(self) -> str:
        """Return the command that lists the stack's EC2 instances and how their boot went."""
        return self._table(
            f"ec2 describe-instances {self._of_stack}",
            "Reservations[].Instances[].[InstanceId,State.Name,Tags[?Key==`BootStatus`]|[0].Value]",
        )

    def boot_status_of(self, *instance_ids: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that tells how the boot of some EC2 instances went."""
        return pulumi.Output.concat(
            f"aws ec2 describe-tags --region {self.region} --output table "
            "--filters Name=key,Values=BootStatus Name=resource-id,Values=",
            pulumi.Output.all(*instance_ids).apply(",".join),
        )

    def group_instances(self, auto_scaling_group: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that lists an Auto Scaling group's instances."""
        return pulumi.Output.concat(
            f"{self._aws} autoscaling describe-auto-scaling-groups --auto-scaling-group-names ",
            auto_scaling_group,
            " --query 'AutoScalingGroups[].Instances[].[InstanceId,AvailabilityZone,LifecycleState]'",
        )

    def instance_refreshes(self, auto_scaling_group: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that lists the rolling replacements of an Auto Scaling group."""
        return pulumi.Output.concat(
            f"{self._aws} autoscaling describe-instance-refreshes --auto-scaling-group-name ",
            auto_scaling_group,
        )

    def scaling_activities(self, auto_scaling_group: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the command that lists when and why an Auto Scaling group grew or shrank."""
        return pulumi.Output.concat(
            f"{self._aws} autoscaling describe-scaling-activities --auto-scaling-group-name ",
            auto_scaling_group,
        )

    def images(self) -> str:
        """Return the command that lists the stack's AMIs, the oldest first."""
        return self._table(
            f"ec2 describe-images --owners self {self._of_stack}",
            "sort_by(Images,&CreationDate)[].[ImageId,CreationDate,Name]",
        )

    @property
    def _aws(self) -> str:
        return f"aws --region {self.region} --output table"

    @property
    def _of_stack(self) -> str:
        return "--filters " + " ".join(f"Name=tag:{key},Values={value}" for key, value in self.tags.items())

    def _table(self, command: str, query: str) -> str:
        return f"{self._aws} {command} --query '{query}'"
