"""What the stores behind the shop run out of, told before they do."""

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
    """What is watched, and who hears of it.

    Args:
        topic: where alarms go.
        database: with its processor, storage and connections.
        connections: how many connections to it are too many; RDS allows one for each 12 MiB of memory.
        files: with the credits that make them fast; without any, 50 KiB/s for each GiB are left.
        servers: drawn only: what they lack, the load balancer's alarms and the group's size tell.
    """

    topic: AlarmTopic
    database: RdsDatabase
    max_connections: int = 50
    file_system: EfsFileSystem
    auto_scaling_group: AutoScalingGroup


class DatastoreAlarms(pulumi.ComponentResource):
    """Alarms on RDS and EFS, and the graphs of both beside their clients'."""

    graphs: Sequence[Graph]

    def __init__(
        self, name: str, args: DatastoreAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:DatastoreAlarms", name, None, opts)
        database = args.database.pulumi_resource_name
        files = args.file_system.pulumi_resource_name

        def rds(what: str) -> Metric:
            return Metric(
                namespace="AWS/RDS",
                name=what,
                dimensions={"DBInstanceIdentifier": args.database.identifier},
            )

        credits_left = Metric(
            namespace="AWS/EFS",
            name="BurstCreditBalance",
            statistic="Minimum",
            dimensions={"FileSystemId": args.file_system.id},
        )
        processor, space = rds("CPUUtilization"), rds("FreeStorageSpace")
        connections = rds("DatabaseConnections")
        over, under = "GreaterThanThreshold", "LessThanThreshold"
        for alarm, description, metric, comparison, threshold in (
            (f"{database}-cpu", "The database computes without rest: over 80 %", processor, over, 80),
            # RDS enlarges the disk at a tenth free, and then not again for six hours.
            (f"{database}-storage", "The database has less than 1 GiB left", space, under, GIBIBYTE),
            (
                f"{database}-connections",
                f"More than {args.max_connections} connections to the database, of those that it allows",
                connections,
                over,
                args.max_connections,
            ),
            # A new file system has 2.1 TiB of them.
            (f"{files}-credits", "Shared files become slow soon", credits_left, under, 100 * GIBIBYTE),
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
            Graph(title="Processor, %", lines={"servers": servers, "database": processor}),
            Graph(title="Database: free storage, bytes", lines={"free": space}),
            Graph(title="Database: connections", lines={"connections": connections}),
            Graph(title="Shared files: burst credits, bytes", lines={"credits": credits_left}),
        ]
        self.register_outputs({})
