"""The shop's machines at one glance."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.aws.alarms import Watched
from infra.aws.machine import METRICS, Machine


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What a dashboard shows.

    Args:
        title: the dashboard's name, one of a kind in the account and region.
        machines: each a line in every graph.
        way_in: the machine whose failed requests are drawn.
    """

    title: pulumi.Input[str]
    machines: Sequence[Watched]
    way_in: Machine


class Dashboard(pulumi.ComponentResource):
    """A CloudWatch dashboard with processor, memory, disks, network and failed requests."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Dashboard", name, None, opts)
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        ids = pulumi.Output.all(*(watched.machine.id for watched in args.machines))
        body = pulumi.Output.all(region, args.way_in.log_group, ids).apply(
            lambda found: _body(found[0], found[1], found[2], args.machines)
        )
        dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=args.title,
            dashboard_body=body,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.concat(
            "https://console.aws.amazon.com/cloudwatch/home?region=",
            region,
            "#dashboards:name=",
            dashboard.dashboard_name,
        )
        self.register_outputs({"url": self.url})


def _body(region: str, log_group: str, ids: Sequence[str], machines: Sequence[Watched]) -> str:
    """Give the dashboard in CloudWatch's JSON: graphs in pairs, each 12 of 24 columns wide, 6 rows high."""

    def lines(namespace: str, metric: str) -> list[list[object]]:
        return [
            [namespace, metric, "InstanceId", id_, {"label": watched.machine.pulumi_resource_name}]
            for id_, watched in zip(ids, machines, strict=True)
        ]

    disks: list[list[object]] = [
        [
            METRICS, "disk_used_percent", "InstanceId", id_, "path", disk,
            {"label": f"{watched.machine.pulumi_resource_name} {disk}"},
        ]
        for id_, watched in zip(ids, machines, strict=True)
        for disk in watched.disks
    ]  # fmt: skip
    graphs = [
        ("Processor, %", lines("AWS/EC2", "CPUUtilization")),
        ("Memory, %", lines(METRICS, "mem_used_percent")),
        ("Disks, %", disks),
        ("Network out, bytes", lines("AWS/EC2", "NetworkOut")),
        ("Failed requests in 5 minutes", [[log_group, "5xx", {"stat": "Sum"}]]),
        ("Failed status checks", lines("AWS/EC2", "StatusCheckFailed")),
    ]
    return json.dumps(
        {
            "widgets": [
                {
                    "type": "metric",
                    "x": 12 * (number % 2),
                    "y": 6 * (number // 2),
                    "width": 12,
                    "height": 6,
                    "properties": {"title": title, "region": region, "period": 300, "metrics": metrics},
                }
                for number, (title, metrics) in enumerate(graphs)
            ]
        }
    )
