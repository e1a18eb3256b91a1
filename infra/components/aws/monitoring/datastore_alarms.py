"""Alarms on a database and a file system, before they run out of something."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.aws.compute.auto_scaling_group import AutoScalingGroup
from infra.components.aws.data.efs_file_system import EfsFileSystem
from infra.components.aws.data.rds_database import RdsDatabase
from infra.components.aws.monitoring.alarm_topic import AlarmTopic, Threshold
from infra.components.aws.monitoring.dashboard import Graph
from infra.components.aws.monitoring.metric import MINUTE, Metric

GIBIBYTE = 1024**3


@dataclass(frozen=True, kw_only=True)
class DatastoreAlarmsArgs:
    """Arguments for `DatastoreAlarms`.

    Args:
        topic: where the alarms go.
        database: alarms on its CPU, storage and connections.
        max_connections: how many connections set off the alarm; RDS allows one per 12 MiB of memory.
        file_system: an alarm on its burst credits; without any, 50 KiB/s per GiB are left.
        auto_scaling_group: the clients, in the graphs only; the load balancer has alarms for them.
    """

    topic: AlarmTopic
    database: RdsDatabase
    max_connections: int = 50
    file_system: EfsFileSystem
    auto_scaling_group: AutoScalingGroup


class DatastoreAlarms(pulumi.ComponentResource):
    """Alarms on RDS and EFS; `graphs` shows both, with the CPU of their clients."""

    graphs: Sequence[Graph]

    def __init__(
        self, name: str, args: DatastoreAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:DatastoreAlarms", name, None, opts)
        database = args.database.pulumi_resource_name
        files = args.file_system.pulumi_resource_name

        def rds(metric: str) -> Metric:
            return Metric(
                namespace="AWS/RDS",
                name=metric,
                dimensions={"DBInstanceIdentifier": args.database.identifier},
            )

        burst_credits = Metric(
            namespace="AWS/EFS",
            name="BurstCreditBalance",
            statistic="Minimum",
            dimensions={"FileSystemId": args.file_system.id},
        )
        cpu, free_storage = rds("CPUUtilization"), rds("FreeStorageSpace")
        connections = rds("DatabaseConnections")
        over, under = "GreaterThanThreshold", "LessThanThreshold"
        for alarm, description, metric, comparison, threshold in (
            (f"{database}-cpu", "The database's CPU is over 80 %", cpu, over, 80),
            # RDS grows the storage at a tenth free, and then not again for six hours.
            (
                f"{database}-storage",
                "The database has less than 1 GiB of storage left",
                free_storage,
                under,
                GIBIBYTE,
            ),
            (
                f"{database}-connections",
                f"The database has more than {args.max_connections} connections",
                connections,
                over,
                args.max_connections,
            ),
            # A new file system has 2.1 TiB of credits.
            (
                f"{files}-credits",
                "The shared files are about to become slow",
                burst_credits,
                under,
                100 * GIBIBYTE,
            ),
        ):
            args.topic.alarm(
                alarm,
                f"{description}, for 15 minutes",
                metric,
                Threshold(comparison=comparison, value=threshold, period=5 * MINUTE, evaluation_periods=3),
            )
        servers = Metric(
            namespace="AWS/EC2",
            name="CPUUtilization",
            dimensions={"AutoScalingGroupName": args.auto_scaling_group.name},
        )
        self.graphs = [
            Graph(title="CPU, %", lines={"servers": servers, "database": cpu}),
            Graph(title="Database: free storage, bytes", lines={"free": free_storage}),
            Graph(title="Database: connections", lines={"connections": connections}),
            Graph(title="Shared files: burst credits, bytes", lines={"credits": burst_credits}),
        ]
        self.register_outputs({})
