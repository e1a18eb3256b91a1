"""CloudWatch dashboards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.compute.instance import Ec2Instance
from infra.components.aws.compute.user_data import METRIC_NAMESPACE
from infra.components.aws.monitoring.instance_alarms import MonitoredInstance
from infra.components.aws.monitoring.metric import Metric


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One graph.

    Args:
        title: what it shows, with the unit.
        lines: the metrics by their labels.
    """

    title: str
    lines: Mapping[str, Metric]


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """Arguments for `Dashboard`.

    Args:
        dashboard_name: unique in the account and region. Pulumi does not add a random suffix to it, so take
            the physical name of another resource.
        graphs: shown two in a row.
    """

    dashboard_name: pulumi.Input[str]
    graphs: Sequence[Graph]


class Dashboard(pulumi.ComponentResource):
    """A dashboard; `url` leads to it in the console."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Dashboard", name, None, opts)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=args.dashboard_name,
            dashboard_body=pulumi.Output.json_dumps(
                {"widgets": [_widget(number, graph, region) for number, graph in enumerate(args.graphs)]}
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.concat(
            "https://console.aws.amazon.com/cloudwatch/home?region=",
            region,
            "#dashboards:name=",
            dashboard.dashboard_name,
        )
        self.register_outputs({"url": self.url})


def instance_graphs(instances: Sequence[MonitoredInstance], web_server: Ec2Instance) -> list[Graph]:
    """Return graphs with one line for each EC2 instance.

    Args:
        instances: the instances, with the mount points to show.
        web_server: the instance whose failed requests are shown.
    """

    def each(namespace: str, name: str) -> dict[str, Metric]:
        return {
            monitored.instance.pulumi_resource_name: Metric(
                namespace=namespace, name=name, dimensions={"InstanceId": monitored.instance.id}
            )
            for monitored in instances
        }

    disks = {
        f"{monitored.instance.pulumi_resource_name} {mount_point}": Metric(
            namespace=METRIC_NAMESPACE,
            name="disk_used_percent",
            dimensions={"InstanceId": monitored.instance.id, "path": mount_point},
        )
        for monitored in instances
        for mount_point in monitored.mount_points
    }
    failed = Metric(namespace=web_server.log_group, name="5xx", statistic="Sum")
    return [
        Graph(title="CPU, %", lines=each("AWS/EC2", "CPUUtilization")),
        Graph(title="Memory, %", lines=each(METRIC_NAMESPACE, "mem_used_percent")),
        Graph(title="Disks, %", lines=disks),
        Graph(title="Network out, bytes", lines=each("AWS/EC2", "NetworkOut")),
        Graph(title="Failed requests in 5 minutes", lines={"5xx": failed}),
        Graph(title="Failed status checks", lines=each("AWS/EC2", "StatusCheckFailed")),
    ]


def _widget(number: int, graph: Graph, region: pulumi.Output[str]) -> dict[str, object]:
    """Return a graph as CloudWatch's JSON: 12 of 24 columns wide, 6 rows high."""
    return {
        "type": "metric",
        "x": 12 * (number % 2),
        "y": 6 * (number // 2),
        "width": 12,
        "height": 6,
        "properties": {
            "title": graph.title,
            "region": region,
            "period": 300,
            "metrics": [
                [
                    metric.namespace,
                    metric.name,
                    *(part for pair in metric.dimensions.items() for part in pair),
                    {"label": label, "stat": metric.statistic},
                ]
                for label, metric in graph.lines.items()
            ],
        },
    }
