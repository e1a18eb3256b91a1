"""Dumps of the database in a bucket, one each night, and the way back."""

from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_kubernetes.batch import v1 as batch
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from infra.components.kubernetes import mysql
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.pod_security import (
    ContainerResources,
    container_security,
    pod_security,
    scratch,
)

APP = "dump"
USER = 10002
SIZE = ContainerResources(cpu=100, memory=192, most_memory=512)
CLIENT = "public.ecr.aws/aws-cli/aws-cli:2.31.0"
SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, kw_only=True)
class DatabaseDumpsArgs:
    """What the dumps are made of.

    Args:
        namespace: where the database is.
        database: what is dumped.
        secret: the Secret with the files `database-password` and `database-ca.pem`.
        bucket: whose `dumps/` the service account `dump` may read and write.
        region: the bucket's.
    """

    namespace: pulumi.Input[str]
    database: DatabaseConnection
    secret: pulumi.Input[str]
    bucket: pulumi.Input[str]
    region: str


class DatabaseDumps(pulumi.ComponentResource):
    """A CronJob that dumps, and one that waits to be started by hand and brings back the newest dump."""

    demands: list[PodRequests]

    def __init__(
        self, name: str, args: DatabaseDumpsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:kubernetes:DatabaseDumps", name, None, opts)
        self._args = args
        account = core.ServiceAccount(
            APP,
            metadata=ObjectMetaArgs(name=APP, namespace=args.namespace),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._inside = pulumi.ResourceOptions(parent=self, depends_on=[account])
        server, client = ("database", mysql.IMAGE), ("bucket", CLIENT)
        self._job(APP, [(*server, "dump.sh"), (*client, "store.sh")], suspended=False)
        self._job("restore", [(*client, "fetch.sh"), (*server, "load.sh")], suspended=True)
        self.demands = [PodRequests.of(APP, SIZE)]
        self.register_outputs({})

    def _job(self, name: str, steps: list[tuple[str, str, str]], *, suspended: bool) -> None:
        first, last = [self._container(*step) for step in steps]
        batch.CronJob(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=self._args.namespace),
            spec=batch.CronJobSpecArgs(
                schedule="15 3 * * *",
                suspend=suspended,
                concurrency_policy="Forbid",
                successful_jobs_history_limit=3,
                failed_jobs_history_limit=3,
                job_template=batch.JobTemplateSpecArgs(
                    spec=batch.JobSpecArgs(
                        backoff_limit=0 if suspended else 2,
                        template=core.PodTemplateSpecArgs(
                            metadata=ObjectMetaArgs(labels={"app": APP}),
                            spec=core.PodSpecArgs(
                                service_account_name=APP,
                                automount_service_account_token=False,
                                enable_service_links=False,
                                restart_policy="Never",
                                security_context=pod_security(USER),
                                init_containers=[first],
                                containers=[last],
                                volumes=[
                                    scratch("dump", "4Gi"),
                                    scratch("tmp", "64Mi"),
                                    core.VolumeArgs(
                                        name="secrets",
                                        secret=core.SecretVolumeSourceArgs(
                                            secret_name=self._args.secret,
                                            default_mode=0o440,
                                            items=[
                                                core.KeyToPathArgs(key=key, path=key)
                                                for key in ("database-password", "database-ca.pem")
                                            ],
                                        ),
                                    ),
                                ],
                            ),
                        ),
                    )
                ),
            ),
            opts=self._inside,
        )

    def _container(self, name: str, image: str, script: str) -> core.ContainerArgs:
        database = self._args.database
        environment: dict[str, pulumi.Input[str]] = {
            # Where the AWS client keeps what it learns.
            "HOME": "/tmp",  # noqa: S108  # nosec B108
            "AWS_REGION": self._args.region,
            "BUCKET": self._args.bucket,
            "DB_HOST": database.host,
            "DB_NAME": database.schema,
            "DB_USER": database.user,
        }
        return core.ContainerArgs(
            name=name,
            image=image,
            command=["bash", "-c", (SCRIPTS / script).read_text()],
            env=[core.EnvVarArgs(name=key, value=value) for key, value in environment.items()],
            resources=SIZE.resources,
            security_context=container_security(),
            volume_mounts=[
                core.VolumeMountArgs(name="dump", mount_path="/dump"),
                core.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108  # nosec B108
                core.VolumeMountArgs(name="secrets", mount_path="/run/secrets/bookstore", read_only=True),
            ],
        )
