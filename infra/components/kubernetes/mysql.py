"""MySQL in the cluster, with its data on a volume."""

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_random as random
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from infra.components.certificate_authority import CertificateAuthority
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.pod_security import (
    ContainerResources,
    container_security,
    pod_security,
    scratch,
)

# The long-term release; the image's user is 999.
IMAGE = "mysql:8.4"
USER = 999
PORT = 3306
SCHEMA = "bookstore"
SIZE = ContainerResources(cpu=200, memory=448, most_memory=896)
SECRETS = "/run/secrets/mysql"
SETTINGS = Path(__file__).parent / "mysql.cnf"
# By TCP: the server that only sets up the data listens on its socket alone, and must not count as ready.
ASK = f"MYSQL_PWD=$(cat {SECRETS}/password) mysql -h 127.0.0.1 -u bookstore -e 'SELECT 1'"


@dataclass(frozen=True, kw_only=True)
class MysqlArgs:
    """What a MySQL server is made of.

    Args:
        namespace: where its clients are.
        storage_class: of its volume; None is the cluster's default.
        storage: size of the volume in GiB.
    """

    namespace: pulumi.Input[str]
    storage_class: pulumi.Input[str] | None
    storage: int


class Mysql(pulumi.ComponentResource):
    """One server that speaks TLS only, and keeps its data when its pod goes to another node.

    Its name is what its clients call it. The passwords are made here.
    """

    connection: DatabaseConnection
    demands: list[PodRequests]

    def __init__(self, name: str, args: MysqlArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:Mysql", name, None, opts)
        self._name, self._args = name, args
        self._metadata = ObjectMetaArgs(name=name, namespace=args.namespace, labels={"app": name})
        child_opts = pulumi.ResourceOptions(parent=self)
        authority = CertificateAuthority(name, child_opts)
        issued = authority.issue(name, name)
        password = self._password(f"{name}-password")
        secret = core.Secret(
            name,
            metadata=self._metadata,
            string_data={
                "root-password": self._password(f"{name}-root"),
                "password": password,
                "key.pem": issued.key,
                "certificate.pem": issued.certificate,
            },
            opts=child_opts,
        )
        settings = core.ConfigMap(
            name, metadata=self._metadata, data={"bookstore.cnf": SETTINGS.read_text()}, opts=child_opts
        )
        account = core.ServiceAccount(
            name, metadata=self._metadata, automount_service_account_token=False, opts=child_opts
        )
        core.Service(
            name,
            metadata=self._metadata,
            # Without an address of its own: the name leads to the one pod.
            spec=core.ServiceSpecArgs(
                cluster_ip="None",
                selector={"app": name},
                ports=[core.ServicePortArgs(name="mysql", port=PORT, target_port="mysql")],
            ),
            # Its endpoints are the StatefulSet's pod, which wants the Service first.
            opts=pulumi.ResourceOptions.merge(child_opts, pulumi.ResourceOptions(depends_on=[account])),
        )
        server = apps.StatefulSet(
            name,
            metadata=self._metadata,
            spec=apps.StatefulSetSpecArgs(
                service_name=name,
                replicas=1,
                selector=LabelSelectorArgs(match_labels={"app": name}),
                template=self._pod(),
                volume_claim_templates=[self._volume()],
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[secret, settings, account]),
        )
        self.connection = DatabaseConnection(
            # By way of the server: whoever is told where it is finds it serving.
            host=server.metadata.name.apply(str),
            schema=SCHEMA,
            user=SCHEMA,
            password=password,
            authority=authority.certificate,
        )
        self.demands = [PodRequests.of(name, SIZE)]
        self.register_outputs({})

    def _password(self, name: str) -> pulumi.Output[str]:
        made = random.RandomPassword(name, length=40, special=False, opts=pulumi.ResourceOptions(parent=self))
        return pulumi.Output.secret(made.result)

    def _volume(self) -> core.PersistentVolumeClaimArgs:
        return core.PersistentVolumeClaimArgs(
            metadata=ObjectMetaArgs(name="data"),
            spec=core.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                storage_class_name=self._args.storage_class,
                resources=core.VolumeResourceRequirementsArgs(
                    requests={"storage": f"{self._args.storage}Gi"}
                ),
            ),
        )

    def _pod(self) -> core.PodTemplateSpecArgs:
        alive = core.ProbeArgs(
            exec_=core.ExecActionArgs(command=["mysqladmin", "ping", "-h", "127.0.0.1"]),
            period_seconds=10,
            timeout_seconds=5,
            failure_threshold=6,
        )
        ready = core.ExecActionArgs(command=["bash", "-c", ASK])
        return core.PodTemplateSpecArgs(
            metadata=ObjectMetaArgs(labels={"app": self._name}),
            spec=core.PodSpecArgs(
                service_account_name=self._name,
                automount_service_account_token=False,
                enable_service_links=False,
                security_context=pod_security(USER),
                termination_grace_period_seconds=60,
                containers=[
                    core.ContainerArgs(
                        name="mysql",
                        image=IMAGE,
                        env=[
                            core.EnvVarArgs(name=key, value=value)
                            for key, value in {
                                "MYSQL_DATABASE": SCHEMA,
                                "MYSQL_USER": SCHEMA,
                                "MYSQL_PASSWORD_FILE": f"{SECRETS}/password",
                                "MYSQL_ROOT_PASSWORD_FILE": f"{SECRETS}/root-password",
                                "MYSQL_ROOT_HOST": "localhost",
                            }.items()
                        ],
                        ports=[core.ContainerPortArgs(name="mysql", container_port=PORT)],
                        resources=SIZE.resources,
                        security_context=container_security(),
                        # A first start makes the data; one after a crash reads the log. Neither is hurried.
                        startup_probe=core.ProbeArgs(
                            exec_=ready, period_seconds=5, timeout_seconds=5, failure_threshold=60
                        ),
                        readiness_probe=core.ProbeArgs(exec_=ready, period_seconds=10, timeout_seconds=5),
                        liveness_probe=alive,
                        volume_mounts=[
                            # Not its root, where the file system has a directory of its own.
                            core.VolumeMountArgs(name="data", mount_path="/var/lib/mysql", sub_path="mysql"),
                            core.VolumeMountArgs(name="run", mount_path="/var/run/mysqld"),
                            core.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108  # nosec B108
                            core.VolumeMountArgs(
                                name="settings", mount_path="/etc/mysql/conf.d", read_only=True
                            ),
                            core.VolumeMountArgs(name="secrets", mount_path=SECRETS, read_only=True),
                        ],
                    )
                ],
                volumes=[
                    scratch("run", "16Mi"),
                    scratch("tmp", "1Gi"),
                    core.VolumeArgs(
                        name="settings", config_map=core.ConfigMapVolumeSourceArgs(name=self._name)
                    ),
                    core.VolumeArgs(
                        name="secrets",
                        secret=core.SecretVolumeSourceArgs(secret_name=self._name, default_mode=0o440),
                    ),
                ],
            ),
        )
