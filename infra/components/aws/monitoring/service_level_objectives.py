"""Service level objectives of a site behind a load balancer, and alarms when it misses them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.aws.endpoint.load_balancer import LoadBalancer
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, Ratio, Threshold
from infra.components.aws.monitoring.dashboard import Graph
from infra.components.aws.monitoring.metric import MINUTE, Metric

NAMESPACE = "AWS/ApplicationELB"
P95_SECONDS = 0.2
FAILED_PERCENT = 1


@dataclass(frozen=True, kw_only=True)
class ServiceLevelObjectivesArgs:
    """Arguments for `ServiceLevelObjectives`.

    Args:
        topic: where the alarms go.
        load_balancer: its metrics cover every request.
    """

    topic: AlarmTopic
    load_balancer: LoadBalancer


class ServiceLevelObjectives(pulumi.ComponentResource):
    """95 % of the responses within 200 ms, fewer than 1 % of the requests failed, every server healthy.

    `alarms` are the names of the alarms that roll back a new version.
    """

    alarms: Sequence[pulumi.Output[str]]
    graphs: Sequence[Graph]

    def __init__(
        self, name: str, args: ServiceLevelObjectivesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:ServiceLevelObjectives", name, None, opts)
        load_balancer = {"LoadBalancer": args.load_balancer.arn_suffix}
        targets = {**load_balancer, "TargetGroup": args.load_balancer.target_group_arn_suffix}

        def count(metric: str) -> Metric:
            return Metric(namespace=NAMESPACE, name=metric, statistic="Sum", dimensions=load_balancer)

        seconds = Metric(namespace=NAMESPACE, name="TargetResponseTime", statistic="p95", dimensions=targets)
        # Errors of the servers, and of the load balancer when no server answers.
        errors = [count("HTTPCode_Target_5XX_Count"), count("HTTPCode_ELB_5XX_Count")]
        unhealthy = Metric(
            namespace=NAMESPACE, name="UnHealthyHostCount", statistic="Maximum", dimensions=targets
        )
        slow = args.topic.alarm(
            f"{name}-slow",
            "More than 5 % of the responses take longer than 200 ms, for 5 minutes",
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
            "More than 1 % of the requests fail, for 3 minutes",
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
            f"{name}-unhealthy",
            "A server fails its health check for longer than a boot takes",
            unhealthy,
            Threshold(comparison="GreaterThanThreshold", value=0, period=MINUTE, evaluation_periods=10),
        )
        self.alarms = [slow, failing]
        healthy = Metric(
            namespace=NAMESPACE, name="HealthyHostCount", statistic="Minimum", dimensions=targets
        )
        self.graphs = [
            Graph(title="Requests in 5 minutes", lines={"requests": count("RequestCount")}),
            Graph(title="Response time, s (objective: p95 below 0.2)", lines={"p95": seconds}),
            Graph(
                title="Failed requests in 5 minutes (objective: below 1 %)",
                lines={"servers": errors[0], "load balancer": errors[1]},
            ),
            Graph(title="Servers", lines={"healthy": healthy, "unhealthy": unhealthy}),
        ]
        self.register_outputs({})
