"""What counts as wrong with machines that are looked after one by one."""

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
    """A machine to watch.

    Args:
        machine: the machine.
        disks: the mount points whose use counts.
        daily_backup: what it puts into the backup bucket each day, such as `dump of the database`.
    """

    instance: Ec2Instance
    mount_points: Sequence[str]
    daily_backup: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceAlarmsArgs:
    """What is watched, and who hears of it.

    Args:
        instances: each gets alarms on health, CPU, memory, disks and a missing daily backup.
        web_server: the machine whose NGINX log tells failed requests.
        topic: where the alarms go.
    """

    instances: Sequence[MonitoredInstance]
    web_server: Ec2Instance
    topic: AlarmTopic


class InstanceAlarms(pulumi.ComponentResource):
    """Alarms that go to one SNS topic, and repairs that need nobody."""

    def __init__(
        self, name: str, args: InstanceAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:InstanceAlarms", name, None, opts)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self._region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        self._topic = args.topic
        for watched in args.instances:
            self._watch(watched)
        self._failed_requests(args.web_server)
        self.register_outputs({})

    def _watch(self, watched: MonitoredInstance) -> None:
        name, machine = watched.instance.pulumi_resource_name, {"InstanceId": watched.instance.id}
        for part, what, action, minutes in (
            ("System", "the hardware below it; AWS moves it to other hardware", "recover", 2),
            # Longer than a recovery takes: a machine that is being recovered must not be rebooted.
            ("Instance", "its operating system; AWS reboots it", "reboot", 5),
        ):
            self._topic.alarm(
                f"{name}-{part.lower()}",
                f"{name} fails the check of {what}",
                Metric(
                    namespace="AWS/EC2",
                    name=f"StatusCheckFailed_{part}",
                    statistic="Maximum",
                    dimensions=machine,
                ),
                Threshold(
                    comparison="GreaterThanThreshold", value=0, period=MINUTE, evaluation_periods=minutes
                ),
                action=pulumi.Output.concat("arn:aws:automate:", self._region, f":ec2:{action}"),
            )
        processor = Metric(namespace="AWS/EC2", name="CPUUtilization", dimensions=machine)
        self._over(f"{name}-cpu", f"{name} computes without rest", processor, percent=80, minutes=15)
        memory = Metric(namespace=METRIC_NAMESPACE, name="mem_used_percent", dimensions=machine)
        self._over(f"{name}-memory", f"{name} runs out of memory", memory, percent=90, minutes=10)
        for disk in watched.mount_points:
            place = disk.rpartition("/")[2] or "root"
            used = Metric(
                namespace=METRIC_NAMESPACE, name="disk_used_percent", dimensions={**machine, "path": disk}
            )
            self._over(f"{name}-disk-{place}", f"{disk} of {name} fills up", used, percent=80, minutes=10)

        if watched.daily_backup is not None:
            self._topic.alarm(
                f"{name}-backup",
                f"No {watched.daily_backup} for a day",
                Metric(namespace=METRIC_NAMESPACE, name="Backups", statistic="Sum", dimensions=machine),
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
        # The log group's name as namespace: another stack's shop counts for itself.
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
            "The shop answers requests with errors",
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
