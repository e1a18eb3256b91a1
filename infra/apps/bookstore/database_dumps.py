"""Nightly dumps of the database to a bucket, and restoring from one."""

from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.components.kubernetes import mysql
from infra.components.kubernetes.apply import apply
from infra.components.kubernetes.container import ContainerResources, environment
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.manifest import Manifest, manifest
from infra.components.kubernetes.network_policy import Pods
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.pod_security import (
    container_security_context,
    pod_security_context,
    restricted_pod,
)
from infra.components.kubernetes.volumes import empty_dir, secret_volume

PODS = Pods("dump")
SERVICE_ACCOUNT = PODS.app
UID = 10002
RESOURCES = ContainerResources(cpu_request=100, memory_request=192, memory_limit=512)
AWS_CLI = "public.ecr.aws/aws-cli/aws-cli:2.31.0"
SCRIPTS = Path(__file__).parent / "scripts"
SECRETS = "/run/secrets/bookstore"


@dataclass(frozen=True, kw_only=True)
class DatabaseDumpsArgs:
    """Arguments for `DatabaseDumps`.

    Args:
        namespace: the database's.
        database: the one to dump.
        secret: the Secret with the keys `database-password` and `database-ca.pem`.
        bucket: its name; the service account `dump` may read and write below `dumps/`.
        region: the bucket's.
    """

    namespace: pulumi.Input[str]
    database: DatabaseConnection
    secret: pulumi.Input[str]
    bucket: pulumi.Input[str]
    region: str


class DatabaseDumps(pulumi.ComponentResource):
    """Two CronJobs: one dumps each night, the other is suspended and restores when it is started by hand."""

    pods: Pods
    service_account: str
    pod_requests: list[PodRequests]

    def __init__(
        self, name: str, args: DatabaseDumpsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:apps:DatabaseDumps", name, None, opts)
        self._args = args
        self.pods, self.service_account = PODS, SERVICE_ACCOUNT
        account = manifest(
            "v1",
            "ServiceAccount",
            SERVICE_ACCOUNT,
            namespace=args.namespace,
            automountServiceAccountToken=False,
        )
        made = apply(account, pulumi.ResourceOptions(parent=self))
        child_opts = pulumi.ResourceOptions(parent=self, depends_on=[made])
        dump, store = self._container("database", "dump.sh"), self._container("bucket", "store.sh")
        fetch, load = self._container("bucket", "fetch.sh"), self._container("database", "load.sh")
        apply(self._cron_job("dump", dump, store, suspend=False), child_opts)
        apply(self._cron_job("restore", fetch, load, suspend=True), child_opts)
        self.pod_requests = [PodRequests.of(PODS.app, RESOURCES)]
        self.register_outputs({})

    def _cron_job(self, name: str, first: Manifest, last: Manifest, *, suspend: bool) -> Manifest:
        pod = {
            **restricted_pod(SERVICE_ACCOUNT, pod_security_context(UID)),
            "restartPolicy": "Never",
            "initContainers": [first],
            "containers": [last],
            "volumes": [
                empty_dir("dump", "4Gi"),
                empty_dir("tmp", "64Mi"),
                secret_volume("secrets", self._args.secret, ["database-password", "database-ca.pem"]),
            ],
        }
        job = {
            "backoffLimit": 0 if suspend else 2,
            "template": {"metadata": {"labels": PODS.labels}, "spec": pod},
        }
        return manifest(
            "batch/v1",
            "CronJob",
            name,
            namespace=self._args.namespace,
            spec={
                "schedule": "15 3 * * *",
                "suspend": suspend,
                "concurrencyPolicy": "Forbid",
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {"spec": job},
            },
        )

    def _container(self, name: str, script: str) -> Manifest:
        database = self._args.database
        return {
            "name": name,
            "image": {"database": mysql.IMAGE, "bucket": AWS_CLI}[name],
            "command": ["bash", "-c", (SCRIPTS / script).read_text()],
            "env": environment(
                {
                    # The AWS CLI writes its cache there.
                    "HOME": "/tmp",  # noqa: S108  # nosec B108
                    "AWS_REGION": self._args.region,
                    "BUCKET": self._args.bucket,
                    "DB_HOST": database.host,
                    "DB_NAME": database.db_name,
                    "DB_USER": database.user,
                }
            ),
            "resources": RESOURCES.manifest,
            "securityContext": container_security_context(),
            "volumeMounts": [
                {"name": "dump", "mountPath": "/dump"},
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # nosec B108
                {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            ],
        }
