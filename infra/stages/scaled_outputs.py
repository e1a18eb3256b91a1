"""The outputs of `scaled`: addresses, commands to paste, accounts."""

from dataclasses import dataclass

import pulumi

from infra.apps.bookstore.web_servers import WebServers
from infra.components.aws.cli import AwsCli
from infra.components.aws.data.rds_database import RdsDatabase
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint
from infra.components.aws.monitoring.dashboard import Dashboard


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a person needs to use and to operate the shop.

    The rest are commands to paste; `demo_accounts` is a secret: {role: {email, password}}.
    """

    url: pulumi.Output[str]
    dashboard: pulumi.Output[str]
    database_address: pulumi.Output[str]
    servers: pulumi.Output[str]
    logs: pulumi.Output[str]
    boots: str
    replacements: pulumi.Output[str]
    scaling: pulumi.Output[str]
    images: str
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]


def outputs_of(
    endpoint: PublicEndpoint, database: RdsDatabase, servers: WebServers, dashboard: Dashboard, cli: AwsCli
) -> Outputs:
    """Return the outputs of the stage that consists of these components."""
    group = servers.group
    return Outputs(
        url=endpoint.url,
        dashboard=dashboard.url,
        database_address=database.address,
        servers=cli.group_instances(group.name),
        logs=cli.tail_logs(group.log_group),
        boots=cli.boot_status(),
        replacements=cli.instance_refreshes(group.name),
        scaling=cli.scaling_activities(group.name),
        images=cli.images(),
        demo_accounts=servers.demo_accounts,
    )
