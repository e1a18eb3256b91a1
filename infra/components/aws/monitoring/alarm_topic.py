"""CloudWatch alarms and the SNS topic that they notify."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.aws.monitoring.metric import Metric


@dataclass(frozen=True, kw_only=True)
class AlarmTopicArgs:
    """Arguments for `AlarmTopic`.

    Args:
        email: an address that gets the alarms, after it has confirmed AWS's mail; None subscribes nobody.
    """

    email: str | None


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The sum of some metrics as a percentage of another metric, per period; 0 if that one is 0."""

    parts: Sequence[Metric]
    whole: Metric


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """When an alarm goes off.

    Args:
        comparison: CloudWatch's operator, such as `GreaterThanThreshold`.
        value: in the metric's unit; in percent for a ratio.
        period: in seconds.
        evaluation_periods: how many periods in a row must cross the threshold.
        treat_missing_data: `missing` keeps the alarm's state, `breaching` counts as wrong, `notBreaching` as
            right.
    """

    comparison: str
    value: float
    period: int
    evaluation_periods: int
    treat_missing_data: str = "missing"


class AlarmTopic(pulumi.ComponentResource):
    """An SNS topic that tells when an alarm goes off, and when it is over."""

    topic_arn: pulumi.Output[str]
    topic_name: pulumi.Output[str]

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:AlarmTopic", name, None, opts)
        self._child_opts = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(name, opts=self._child_opts)
        self.topic_arn, self.topic_name = topic.arn, topic.name
        if args.email is not None:
            aws.sns.TopicSubscription(
                name, topic=topic.arn, protocol="email", endpoint=args.email, opts=self._child_opts
            )
        self.register_outputs({"topic_arn": self.topic_arn, "topic_name": self.topic_name})

    def alarm(
        self,
        name: str,
        description: str,
        metric: Metric | Ratio,
        threshold: Threshold,
        action: pulumi.Input[str] | None = None,
    ) -> pulumi.Output[str]:
        """Create an alarm that notifies the topic, and return its name.

        Args:
            name: the alarm's logical name.
            description: what is wrong, for the person who gets the mail.
            metric: what to watch.
            threshold: when the alarm goes off.
            action: the ARN of what AWS does about it as well.
        """
        if isinstance(metric, Ratio):
            source: dict[str, Any] = {"metric_queries": _queries(metric, threshold)}
        else:
            source = _metric(metric, threshold)
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            **source,
            comparison_operator=threshold.comparison,
            threshold=threshold.value,
            evaluation_periods=threshold.evaluation_periods,
            treat_missing_data=threshold.treat_missing_data,
            alarm_actions=[self.topic_arn, *([action] if action is not None else [])],
            ok_actions=[self.topic_arn],
            opts=self._child_opts,
        ).name


def _metric(metric: Metric, threshold: Threshold) -> dict[str, Any]:
    """Return the alarm's arguments for a single metric; CloudWatch has a field of its own for percentiles."""
    statistic = "extended_statistic" if metric.statistic.startswith("p") else "statistic"
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions,
        statistic: metric.statistic,
        "period": threshold.period,
    }


def _queries(ratio: Ratio, threshold: Threshold) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    def query(id_: str, metric: Metric) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
        return aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=id_,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=metric.dimensions,
                stat=metric.statistic,
                period=threshold.period,
            ),
        )

    parts = {f"part{number}": part for number, part in enumerate(ratio.parts)}
    # A load balancer reports no metric for a period without errors, or without requests.
    total = " + ".join(f"FILL({id_}, 0)" for id_ in parts)
    return [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id="ratio",
            expression=f"IF(FILL(whole, 0) > 0, 100 * ({total}) / FILL(whole, 1), 0)",
            label="percent",
            return_data=True,
        ),
        query("whole", ratio.whole),
        *(query(id_, part) for id_, part in parts.items()),
    ]
