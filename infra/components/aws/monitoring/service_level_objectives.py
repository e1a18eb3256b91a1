"""What the shop promises its visitors, and when it breaks the promise."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.aws.endpoint.load_balancer import LoadBalancer
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, Ratio, Threshold
from infra.components.aws.monitoring.dashboard import Graph
from infra.components.aws.monitoring.metric import MINUTE, Metric

SPACE = "AWS/ApplicationELB"
P95_SECONDS = 0.2
FAILED_PERCENT = 1


@dataclass(frozen=True, kw_only=True)
class ServiceLevelObjectivesArgs:
    """What is promised, and who hears when it is not kept.

    Args:
        topic: where alarms go.
        balancer: which sees every request.
    """

    topic: AlarmTopic
    load_balancer: LoadBalancer


class ServiceLevelObjectives(pulumi.ComponentResource):
    """95 of 100 answers within 200 ms, fewer than one request in 100 failed, every server well.

    `alarms` are the names of those that a new version must not set off.
    """

    alarms: Sequence[pulumi.Output[str]]
    graphs: Sequence[Graph]

    def __init__(
        self, name: str, args: ServiceLevelObjectivesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:ServiceLevelObjectives", name, None, opts)
        balancer = {"LoadBalancer": args.load_balancer.arn_suffix}
        targets = {**balancer, "TargetGroup": args.load_balancer.target_group_arn_suffix}

        def count(what: str) -> Metric:
            return Metric(namespace=SPACE, name=what, statistic="Sum", dimensions=balancer)

        seconds = Metric(namespace=SPACE, name="TargetResponseTime", statistic="p95", dimensions=targets)
        # The servers' own errors, and the load balancer's where no server answered.
        errors = [count("HTTPCode_Target_5XX_Count"), count("HTTPCode_ELB_5XX_Count")]
        unwell = Metric(namespace=SPACE, name="UnHealthyHostCount", statistic="Maximum", dimensions=targets)
        slow = args.topic.alarm(
            f"{name}-slow",
            "More than 5 of 100 answers take longer than 200 ms, for 5 minutes",
            seconds,
            Threshold(
                comparison="GreaterThanThreshold",
                value=P95_SECONDS,
                period=MINUTE,
                evaluation_periods=5,
                treat_missing_data="notBreaching",
            ),
        )
        failing = args.topic.alarm(
            f"{name}-failing",
            "More than 1 of 100 requests fails, for 3 minutes",
            Ratio(parts=errors, whole=count("RequestCount")),
            Threshold(
                comparison="GreaterThanThreshold",
                value=FAILED_PERCENT,
                period=MINUTE,
                evaluation_periods=3,
                treat_missing_data="notBreaching",
            ),
        )
        args.topic.alarm(
            f"{name}-unwell",
            "A server fails the load balancer's health check for longer than any boot takes",
            unwell,
            Threshold(comparison="GreaterThanThreshold", value=0, period=MINUTE, evaluation_periods=10),
        )
        self.alarms = [slow, failing]
        well = Metric(namespace=SPACE, name="HealthyHostCount", statistic="Minimum", dimensions=targets)
        self.graphs = [
            Graph(title="Requests in 5 minutes", lines={"requests": count("RequestCount")}),
            Graph(title="Time to answer, s (promised: p95 below 0.2)", lines={"p95": seconds}),
            Graph(
                title="Failed requests in 5 minutes (promised: below 1 in 100)",
                lines={"servers": errors[0], "load balancer": errors[1]},
            ),
            Graph(title="Servers", lines={"well": well, "unwell": unwell}),
        ]
        self.register_outputs({})
