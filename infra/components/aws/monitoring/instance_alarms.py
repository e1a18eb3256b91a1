"""What counts as wrong with machines that are looked after one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance import Ec2Instance
from infra.components.aws.compute.instance_profile import METRICS
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, AlarmTopicArgs, Threshold
from infra.components.aws.monitoring.metric import DAY, MINUTE, Metric


@dataclass(frozen=True, kw_only=True)
class MonitoredInstance:
    """A machine to watch.

    Args:
        machine: the machine.
        disks: the mount points whose use counts.
        owes: what it writes to the backup bucket every day, as `dump of the database`; None is nothing.
    """

    machine: Ec2Instance
    disks: Sequence[str]
    owes: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceAlarmsArgs:
    """What is watched, and who hears of it.

    Args:
        machines: each with alarms on its health, processor, memory and disks, and on the backup that it owes.
        way_in: the machine whose NGINX log tells failed requests.
        email: who is written to, once they have confirmed the mail that AWS sends them; None is nobody.
    """

    machines: Sequence[MonitoredInstance]
    way_in: Ec2Instance
    email: str | None


class InstanceAlarms(pulumi.ComponentResource):
    """Alarms that go to one SNS topic, and repairs that need nobody."""

    topic_arn: pulumi.Output[str]
    topic_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: InstanceAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:InstanceAlarms", name, None, opts)
        self._inside = pulumi.ResourceOptions(parent=self)
        self._region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        self._notices = AlarmTopic(name, AlarmTopicArgs(email=args.email), self._inside)
        self.topic_arn, self.topic_name = self._notices.topic_arn, self._notices.topic_name
        for watched in args.machines:
            self._watch(watched)
        self._failed_requests(args.way_in)
        self.register_outputs({"topic_arn": self.topic_arn, "topic_name": self.topic_name})

    def _watch(self, watched: MonitoredInstance) -> None:
        name, machine = watched.machine.pulumi_resource_name, {"InstanceId": watched.machine.id}
        for part, what, action, minutes in (
            ("System", "the hardware below it; AWS moves it to other hardware", "recover", 2),
            # Longer than a recovery takes: a machine that is being recovered must not be rebooted.
            ("Instance", "its operating system; AWS reboots it", "reboot", 5),
        ):
            self._notices.alarm(
                f"{name}-{part.lower()}",
                f"{name} fails the check of {what}",
                Metric(
                    namespace="AWS/EC2",
                    name=f"StatusCheckFailed_{part}",
                    statistic="Maximum",
                    dimensions=machine,
                ),
                Threshold(comparison="GreaterThanThreshold", threshold=0, period=MINUTE, periods=minutes),
                action=pulumi.Output.concat("arn:aws:automate:", self._region, f":ec2:{action}"),
            )
        processor = Metric(namespace="AWS/EC2", name="CPUUtilization", dimensions=machine)
        self._over(f"{name}-cpu", f"{name} computes without rest", processor, percent=80, minutes=15)
        memory = Metric(namespace=METRICS, name="mem_used_percent", dimensions=machine)
        self._over(f"{name}-memory", f"{name} runs out of memory", memory, percent=90, minutes=10)
        for disk in watched.disks:
            place = disk.rpartition("/")[2] or "root"
            used = Metric(namespace=METRICS, name="disk_used_percent", dimensions={**machine, "path": disk})
            self._over(f"{name}-disk-{place}", f"{disk} of {name} fills up", used, percent=80, minutes=10)

        if watched.owes is not None:
            self._notices.alarm(
                f"{name}-backup",
                f"No {watched.owes} for a day",
                Metric(namespace=METRICS, name="Backups", statistic="Sum", dimensions=machine),
                Threshold(
                    comparison="LessThanThreshold", threshold=1, period=DAY, periods=1, missing="breaching"
                ),
            )

    def _failed_requests(self, way_in: Ec2Instance) -> None:
        name = f"{way_in.pulumi_resource_name}-5xx"
        # The log group's name as namespace: another stack's shop counts for itself.
        failed = aws.cloudwatch.LogMetricFilter(
            name,
            log_group_name=way_in.log_group,
            pattern='{ $.server = "nginx" && $.status >= 500 }',
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                name="5xx", namespace=way_in.log_group, value="1", default_value="0"
            ),
            opts=self._inside,
        )
        self._notices.alarm(
            name,
            "The shop answers requests with errors",
            Metric(namespace=way_in.log_group, name=failed.metric_transformation.name, statistic="Sum"),
            Threshold(comparison="GreaterThanThreshold", threshold=5, period=5 * MINUTE, periods=1),
        )

    def _over(self, name: str, description: str, metric: Metric, *, percent: int, minutes: int) -> None:
        self._notices.alarm(
            name,
            f"{description}: over {percent} % for {minutes} minutes",
            metric,
            Threshold(
                comparison="GreaterThanThreshold",
                threshold=percent,
                period=5 * MINUTE,
                periods=minutes // 5,
            ),
        )
