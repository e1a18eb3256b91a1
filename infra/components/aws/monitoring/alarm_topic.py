"""Who is told when something is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.monitoring.metric import Metric


@dataclass(frozen=True, kw_only=True)
class AlarmTopicArgs:
    """Who hears of alarms.

    Args:
        email: who is written to, once they have confirmed the mail that AWS sends them; None is nobody.
    """

    email: str | None


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A share in percent: of the sum of some metrics in another one, in each period; none of nothing is 0."""

    parts: Sequence[Metric]
    whole: Metric


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """What counts as wrong.

    Args:
        comparison: as CloudWatch writes it, such as `GreaterThanThreshold`.
        threshold: in the metric's unit; in percent for a ratio.
        period: in seconds, over which readings become one.
        periods: how many periods in a row are wrong until the alarm goes off.
        missing: what no reading means: `missing` changes nothing, `breaching` is wrong, `notBreaching` well.
    """

    comparison: str
    value: float
    period: int
    evaluation_periods: int
    treat_missing_data: str = "missing"


class AlarmTopic(pulumi.ComponentResource):
    """An SNS topic, and the alarms that go to it."""

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
        watched: Metric | Ratio,
        threshold: Threshold,
        action: pulumi.Input[str] | None = None,
    ) -> pulumi.Output[str]:
        """Tell of a metric that is beyond its limit, and when it is back; give the alarm's name.

        Args:
            action: the ARN of what AWS does about it besides.
        """
        metric = watched if isinstance(watched, Metric) else None
        percentile = metric is not None and metric.statistic.startswith("p")
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            namespace=metric.namespace if metric else None,
            metric_name=metric.name if metric else None,
            dimensions=metric.dimensions if metric else None,
            statistic=metric.statistic if metric and not percentile else None,
            extended_statistic=metric.statistic if metric and percentile else None,
            period=threshold.period if metric else None,
            metric_queries=_queries(watched, threshold) if isinstance(watched, Ratio) else None,
            comparison_operator=threshold.comparison,
            threshold=threshold.value,
            evaluation_periods=threshold.evaluation_periods,
            treat_missing_data=threshold.treat_missing_data,
            alarm_actions=[self.topic_arn, *([action] if action is not None else [])],
            ok_actions=[self.topic_arn],
            opts=self._child_opts,
        ).name


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
    # A load balancer counts no errors where there were none, and no requests at night.
    summed = " + ".join(f"FILL({id_}, 0)" for id_ in parts)
    return [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id="ratio",
            expression=f"IF(FILL(whole, 0) > 0, 100 * ({summed}) / FILL(whole, 1), 0)",
            label="percent",
            return_data=True,
        ),
        query("whole", ratio.whole),
        *(query(id_, part) for id_, part in parts.items()),
    ]
