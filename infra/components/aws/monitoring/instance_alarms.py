"""Alarms on single EC2 instances."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance import Ec2Instance
from infra.components.aws.compute.user_data import METRIC_NAMESPACE
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, Threshold
from infra.components.aws.monitoring.metric import DAY, MINUTE, Metric


@dataclass(frozen=True, kw_only=True)
class MonitoredInstance:
    """An EC2 instance to watch.

    Args:
        instance: the instance.
        mount_points: the file systems to watch.
        daily_backup: what it puts into the backup bucket each day, such as `dump of the database`.
    """

    instance: Ec2Instance
    mount_points: Sequence[str]
    daily_backup: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceAlarmsArgs:
    """Arguments for `InstanceAlarms`.

    Args:
        instances: each gets alarms on health, CPU, memory, disks and a missing daily backup.
        web_server: the instance whose NGINX log shows failed requests.
        topic: where the alarms go.
    """

    instances: Sequence[MonitoredInstance]
    web_server: Ec2Instance
    topic: AlarmTopic


class InstanceAlarms(pulumi.ComponentResource):
    """Alarms on EC2 instances; AWS recovers or reboots those that fail its status checks."""

    def __init__(
        self, name: str, args: InstanceAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:InstanceAlarms", name, None, opts)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self._region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        self._topic = args.topic
        for monitored in args.instances:
            self._watch(monitored)
        self._failed_requests(args.web_server)
        self.register_outputs({})

    def _watch(self, monitored: MonitoredInstance) -> None:
        name, instance = monitored.instance.pulumi_resource_name, {"InstanceId": monitored.instance.id}
        for check, description, action, minutes in (
            ("System", "its hardware fails; AWS moves it to other hardware", "recover", 2),
            # Longer than a recovery takes, so that AWS does not reboot an instance that it recovers.
            ("Instance", "its operating system fails; AWS reboots it", "reboot", 5),
        ):
            self._topic.alarm(
                f"{name}-{check.lower()}",
                f"{name}: {description}",
                Metric(
                    namespace="AWS/EC2",
                    name=f"StatusCheckFailed_{check}",
                    statistic="Maximum",
                    dimensions=instance,
                ),
                Threshold(
                    comparison="GreaterThanThreshold", value=0, period=MINUTE, evaluation_periods=minutes
                ),
                action=pulumi.Output.concat("arn:aws:automate:", self._region, f":ec2:{action}"),
            )
        cpu = Metric(namespace="AWS/EC2", name="CPUUtilization", dimensions=instance)
        self._over(f"{name}-cpu", f"The CPU of {name} is busy", cpu, percent=80, minutes=15)
        memory = Metric(namespace=METRIC_NAMESPACE, name="mem_used_percent", dimensions=instance)
        self._over(f"{name}-memory", f"{name} is running out of memory", memory, percent=90, minutes=10)
        for mount_point in monitored.mount_points:
            directory = mount_point.rpartition("/")[2] or "root"
            used = Metric(
                namespace=METRIC_NAMESPACE,
                name="disk_used_percent",
                dimensions={**instance, "path": mount_point},
            )
            self._over(
                f"{name}-disk-{directory}",
                f"{mount_point} of {name} is filling up",
                used,
                percent=80,
                minutes=10,
            )

        if monitored.daily_backup is not None:
            self._topic.alarm(
                f"{name}-backup",
                f"No {monitored.daily_backup} for a day",
                Metric(namespace=METRIC_NAMESPACE, name="Backups", statistic="Sum", dimensions=instance),
                Threshold(
                    comparison="LessThanThreshold",
                    value=1,
                    period=DAY,
                    evaluation_periods=1,
                    treat_missing_data="breaching",
                ),
            )

    def _failed_requests(self, web_server: Ec2Instance) -> None:
        name = f"{web_server.pulumi_resource_name}-5xx"
        # The log group's name as the namespace keeps the counts of two stacks apart.
        failed = aws.cloudwatch.LogMetricFilter(
            name,
            log_group_name=web_server.log_group,
            pattern='{ $.server = "nginx" && $.status >= 500 }',
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                name="5xx", namespace=web_server.log_group, value="1", default_value="0"
            ),
            opts=self._child_opts,
        )
        self._topic.alarm(
            name,
            "Requests fail with status 5xx",
            Metric(namespace=web_server.log_group, name=failed.metric_transformation.name, statistic="Sum"),
            Threshold(comparison="GreaterThanThreshold", value=5, period=5 * MINUTE, evaluation_periods=1),
        )

    def _over(self, name: str, description: str, metric: Metric, *, percent: int, minutes: int) -> None:
        self._topic.alarm(
            name,
            f"{description}: over {percent} % for {minutes} minutes",
            metric,
            Threshold(
                comparison="GreaterThanThreshold",
                value=percent,
                period=5 * MINUTE,
                evaluation_periods=minutes // 5,
            ),
        )
