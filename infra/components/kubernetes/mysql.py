"""MySQL in the cluster, with its data on a volume."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.components.certificate_authority import CertificateAuthority
from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.container import (
    ContainerResources,
    environment,
    exec_command,
    probe,
)
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.manifest import Manifest, manifest
from infra.components.kubernetes.network_policy import Pods
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.pod_security import (
    container_security_context,
    pod_security_context,
    restricted_pod,
)
from infra.components.kubernetes.volumes import claim_spec, empty_dir, secret_volume
from infra.components.password import random_password

# The long-term support release; the image runs as user 999.
IMAGE = "mysql:8.4"
UID = 999
PORT = 3306
RESOURCES = ContainerResources(cpu_request=200, memory_request=448, memory_limit=896)
SECRETS = "/run/secrets/mysql"
SETTINGS = Path(__file__).parent / "mysql.cnf"


@dataclass(frozen=True, kw_only=True)
class MysqlArgs:
    """Arguments for `Mysql`.

    Args:
        namespace: the one of its clients.
        db_name: the database, and the account that may use it.
        storage_class: of its volume; None takes the cluster's default.
        volume_size: in GiB.
    """

    namespace: pulumi.Input[str]
    db_name: str
    storage_class: pulumi.Input[str] | None
    volume_size: int


class Mysql(pulumi.ComponentResource):
    """One MySQL server that accepts TLS only; its data moves with its pod to another node.

    The component's name is the server's host name. Passwords and certificate are made here.
    """

    connection: DatabaseConnection
    pods: Pods
    pod_requests: list[PodRequests]

    def __init__(self, name: str, args: MysqlArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Mysql", name, None, opts)
        self._name, self._args = name, args
        self.pods = Pods(name)
        child_opts = pulumi.ResourceOptions(parent=self)
        authority = CertificateAuthority(name, child_opts)
        issued = authority.issue(name, name)
        password = random_password(f"{name}-password", self)
        secret = apply(
            self._manifest(
                "v1",
                "Secret",
                stringData={
                    "root-password": random_password(f"{name}-root", self),
                    "password": password,
                    "key.pem": issued.key,
                    "certificate.pem": issued.certificate,
                },
            ),
            child_opts,
        )
        settings = apply(
            self._manifest("v1", "ConfigMap", data={"server.cnf": SETTINGS.read_text()}), child_opts
        )
        account = apply(
            self._manifest("v1", "ServiceAccount", automountServiceAccountToken=False), child_opts
        )
        # A headless Service: its name resolves to the one pod.
        apply(
            self._manifest(
                "v1",
                "Service",
                spec={
                    "clusterIP": "None",
                    "selector": self.pods.labels,
                    "ports": [{"name": "mysql", "port": PORT, "targetPort": "mysql"}],
                },
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[account]),
        )
        server = apply(
            self._manifest("apps/v1", "StatefulSet", spec=self._stateful_set()),
            pulumi.ResourceOptions(parent=self, depends_on=[secret, settings, account]),
        )
        self.connection = DatabaseConnection(
            # The server's own name: clients are created once it is ready.
            host=applied_name(server),
            db_name=args.db_name,
            user=args.db_name,
            password=password,
            authority=authority.certificate,
        )
        self.pod_requests = [PodRequests.of(name, RESOURCES)]
        self.register_outputs({})

    def _manifest(self, api_version: str, kind: str, **parts: Any) -> Manifest:
        return manifest(
            api_version,
            kind,
            self._name,
            namespace=self._args.namespace,
            labels=self.pods.labels,
            **parts,
        )

    def _stateful_set(self) -> Manifest:
        claim = claim_spec(
            "ReadWriteOnce", f"{self._args.volume_size}Gi", storage_class=self._args.storage_class
        )
        return {
            "serviceName": self._name,
            "replicas": 1,
            "selector": {"matchLabels": self.pods.labels},
            "template": {
                "metadata": {"labels": self.pods.labels},
                "spec": {
                    **restricted_pod(self._name, pod_security_context(UID)),
                    "terminationGracePeriodSeconds": 60,
                    "containers": [self._container()],
                    "volumes": [
                        empty_dir("run", "16Mi"),
                        empty_dir("tmp", "1Gi"),
                        {"name": "settings", "configMap": {"name": self._name}},
                        secret_volume("secrets", self._name),
                    ],
                },
            },
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        }

    def _container(self) -> Manifest:
        db_name = self._args.db_name
        # By TCP: while the data are set up, a first server listens on its socket alone and must not count.
        query = f"MYSQL_PWD=$(cat {SECRETS}/password) mysql -h 127.0.0.1 -u {db_name} -e 'SELECT 1'"
        alive = exec_command(["mysqladmin", "ping", "-h", "127.0.0.1"])
        ready = exec_command(["bash", "-c", query])
        return {
            "name": "mysql",
            "image": IMAGE,
            "env": environment(
                {
                    "MYSQL_DATABASE": db_name,
                    "MYSQL_USER": db_name,
                    "MYSQL_PASSWORD_FILE": f"{SECRETS}/password",
                    "MYSQL_ROOT_PASSWORD_FILE": f"{SECRETS}/root-password",
                    "MYSQL_ROOT_HOST": "localhost",
                }
            ),
            "ports": [{"name": "mysql", "containerPort": PORT}],
            "resources": RESOURCES.manifest,
            "securityContext": container_security_context(),
            # Time to set up the data at the first start, or to replay the log after a crash.
            "startupProbe": probe(ready, period_seconds=5, timeout_seconds=5, failure_threshold=60),
            "readinessProbe": probe(ready, period_seconds=10, timeout_seconds=5, failure_threshold=3),
            "livenessProbe": probe(alive, period_seconds=10, timeout_seconds=5, failure_threshold=6),
            "volumeMounts": [
                # A directory of the volume: in its root, a file system may keep a lost+found.
                {"name": "data", "mountPath": "/var/lib/mysql", "subPath": "mysql"},
                {"name": "run", "mountPath": "/var/run/mysqld"},
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # nosec B108
                {"name": "settings", "mountPath": "/etc/mysql/conf.d", "readOnly": True},
                {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            ],
        }
