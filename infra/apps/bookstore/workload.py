"""The BookStore in a cluster: migrated, then served by two pods or more."""

from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.autoscaling import v2 as autoscaling
from pulumi_kubernetes.batch import v1 as batch
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy import v1 as policy

from infra.apps.bookstore.demo_accounts import ROLES, with_emails
from infra.apps.bookstore.pod import BookStorePod
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.pod_security import ContainerResources, container_security
from infra.components.password import random_password

APP, SERVICE, MIGRATE = "flask", "flask-service", "migrate"
PORT = 5000
NODE_PORT = 30694
LEAST, MOST = 2, 6
# Two workers that share what they load. Migrations and the first books take no more.
SIZE = ContainerResources(cpu=150, memory=224, most_memory=512)
MIGRATION = ContainerResources(cpu=100, memory=192, most_memory=384)
# Seconds in which the cluster forgets a pod that goes; only then does the server stop, within 8 more.
DRAIN, GRACE = 12, 30
PREPARE = Path(__file__).parent / "scripts" / "prepare.sh"


@dataclass(frozen=True, kw_only=True)
class BookStoreWorkloadArgs:
    """What a shop is made of.

    Args:
        namespace: where it is.
        image: the reference of the BookStore's image.
        database: where it keeps everything but cover pictures.
        covers: the claim on the volume for those.
        proxies: how many proxies stand before it and tell the visitor's address.
        order_timeout_minutes: how long an unpaid order holds its books.
    """

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    database: DatabaseConnection
    covers: pulumi.Input[str]
    proxies: int
    order_timeout_minutes: int


class BookStoreWorkload(pulumi.ComponentResource):
    """The shop at a port of every node; a new version takes over without a failed request."""

    secret: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]
    demands: list[PodRequests]

    def __init__(
        self, name: str, args: BookStoreWorkloadArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:kubernetes:BookStoreWorkload", name, None, opts)
        self._args = args
        self._inside = pulumi.ResourceOptions(parent=self)
        passwords = pulumi.Output.all(
            **{role: random_password(f"{name}-{role}", 20, self._inside) for role in ROLES}
        )
        self.demo_accounts = pulumi.Output.secret(passwords.apply(with_emails))
        files: dict[str, pulumi.Input[str]] = {
            "session-key": random_password(f"{name}-session-key", 40, self._inside),
            "database-password": args.database.password,
        }
        if args.database.authority is not None:
            files["database-ca.pem"] = args.database.authority
        secret = core.Secret(APP, metadata=self._called(APP), string_data=files, opts=self._inside)
        self.secret = secret.metadata.name.apply(str)
        accounts = core.Secret(
            "demo-accounts",
            metadata=self._called("demo-accounts"),
            string_data={"accounts": pulumi.Output.json_dumps(passwords)},
            opts=self._inside,
        )
        for app in (APP, MIGRATE):
            core.ServiceAccount(
                app, metadata=self._called(app), automount_service_account_token=False, opts=self._inside
            )
        pod = BookStorePod(
            image=args.image,
            database=args.database,
            covers=args.covers,
            secret=self.secret,
            settings={
                "PORT": str(PORT),
                "TRUSTED_PROXIES": str(args.proxies),
                "ORDER_TIMEOUT_MINUTES": str(args.order_timeout_minutes),
            },
        )
        migrated = self._migrate(pod, accounts)
        self._serve(pod, migrated)
        # All that may scale up, and the one more that a new version brings before an old pod goes.
        self.demands = [PodRequests.of(APP, SIZE, MOST + 1), PodRequests.of(MIGRATE, MIGRATION)]
        self.register_outputs({"secret": self.secret, "demo_accounts": self.demo_accounts})

    def _migrate(self, pod: BookStorePod, accounts: core.Secret) -> batch.Job:
        """Bring the database up to date, and the first books and people into it; so does a new image."""
        return batch.Job(
            MIGRATE,
            metadata=self._called(MIGRATE),
            spec=batch.JobSpecArgs(
                backoff_limit=6,
                template=pod.template(
                    MIGRATE,
                    core.ContainerArgs(
                        name=MIGRATE,
                        image=pod.image,
                        image_pull_policy=pod.pull_policy,
                        command=["sh", "-c", PREPARE.read_text()],
                        env=pod.environment,
                        resources=MIGRATION.resources,
                        security_context=container_security(),
                        volume_mounts=[
                            *pod.mounts,
                            core.VolumeMountArgs(name="demo", mount_path="/run/demo", read_only=True),
                        ],
                    ),
                    restart="OnFailure",
                    volumes=[
                        core.VolumeArgs(
                            name="demo",
                            secret=core.SecretVolumeSourceArgs(
                                secret_name=accounts.metadata.name.apply(str), default_mode=0o440
                            ),
                        )
                    ],
                ),
            ),
            opts=pulumi.ResourceOptions.merge(
                self._inside, pulumi.ResourceOptions(delete_before_replace=True)
            ),
        )

    def _serve(self, pod: BookStorePod, migrated: batch.Job) -> None:
        selector = LabelSelectorArgs(match_labels={"app": APP})
        server = apps.Deployment(
            APP,
            metadata=self._called(APP),
            spec=apps.DeploymentSpecArgs(
                replicas=LEAST,
                selector=selector,
                min_ready_seconds=5,
                strategy=apps.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.RollingUpdateDeploymentArgs(max_unavailable=0, max_surge=1),
                ),
                template=pod.template(APP, _server(pod), grace=GRACE),
            ),
            # How many there are is the autoscaler's to say from then on.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[migrated], ignore_changes=["spec.replicas"]),
        )
        core.Service(
            SERVICE,
            metadata=self._called(SERVICE),
            spec=core.ServiceSpecArgs(
                type="NodePort",
                selector={"app": APP},
                ports=[core.ServicePortArgs(name="http", port=PORT, target_port="http", node_port=NODE_PORT)],
            ),
            opts=self._inside,
        )
        autoscaling.HorizontalPodAutoscaler(
            APP,
            metadata=self._called(APP),
            spec=autoscaling.HorizontalPodAutoscalerSpecArgs(
                min_replicas=LEAST,
                max_replicas=MOST,
                scale_target_ref=autoscaling.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=server.metadata.name.apply(str)
                ),
                metrics=[
                    autoscaling.MetricSpecArgs(
                        type="Resource",
                        resource=autoscaling.ResourceMetricSourceArgs(
                            name="cpu",
                            target=autoscaling.MetricTargetArgs(type="Utilization", average_utilization=70),
                        ),
                    )
                ],
            ),
            opts=self._inside,
        )
        policy.PodDisruptionBudget(
            APP,
            metadata=self._called(APP),
            spec=policy.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=selector),
            opts=self._inside,
        )

    def _called(self, name: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=self._args.namespace, labels={"app": APP})


def _server(pod: BookStorePod) -> core.ContainerArgs:
    return core.ContainerArgs(
        name=APP,
        image=pod.image,
        image_pull_policy=pod.pull_policy,
        env=pod.environment,
        ports=[core.ContainerPortArgs(name="http", container_port=PORT)],
        resources=SIZE.resources,
        security_context=container_security(),
        volume_mounts=pod.mounts,
        startup_probe=_asks("/healthz", every=2, failures=60),
        liveness_probe=_asks("/healthz", every=10, failures=3),
        readiness_probe=_asks("/readyz", every=5, failures=2),
        lifecycle=core.LifecycleArgs(
            pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=DRAIN))
        ),
    )


def _asks(path: str, *, every: int, failures: int) -> core.ProbeArgs:
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=path, port="http"),
        period_seconds=every,
        timeout_seconds=4,
        failure_threshold=failures,
    )
