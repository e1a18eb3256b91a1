"""The BookStore on Kubernetes: a Job migrates the database, then two or more pods serve."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.apps.bookstore.demo_accounts import ROLES, with_emails
from infra.apps.bookstore.pod import BookStorePod
from infra.components.kubernetes.apply import applied_name, apply
from infra.components.kubernetes.container import ContainerResources, http_get, probe
from infra.components.kubernetes.database_connection import DatabaseConnection
from infra.components.kubernetes.manifest import Manifest, manifest
from infra.components.kubernetes.network_policy import Pods
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.kubernetes.volumes import secret_volume
from infra.components.password import random_password

SERVERS, MIGRATION = Pods("flask"), Pods("migrate")
SERVICE = "flask-service"
PORT, NODE_PORT = 5000, 30694
MIN_REPLICAS, MAX_REPLICAS = 2, 6
# Two workers that share the memory of what they load.
RESOURCES = ContainerResources(cpu_request=150, memory_request=224, memory_limit=512)
MIGRATION_RESOURCES = ContainerResources(cpu_request=100, memory_request=192, memory_limit=384)
# Seconds. The cluster needs the first ones to stop sending requests to a pod; only then does the server stop,
# within 8 more.
PRE_STOP, GRACE_PERIOD = 12, 30
PREPARE = Path(__file__).parent / "scripts" / "prepare.sh"


@dataclass(frozen=True, kw_only=True)
class BookStoreWorkloadArgs:
    """Arguments for `BookStoreWorkload`.

    Args:
        namespace: the shop's.
        image: the reference of the BookStore's image.
        database: the shop's.
        covers: the name of the claim on the volume for cover pictures.
        trusted_proxies: how many proxies in front of the shop add the visitor's address to X-Forwarded-For.
        order_timeout_minutes: how long an unpaid order reserves its books.
    """

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    database: DatabaseConnection
    covers: pulumi.Input[str]
    trusted_proxies: int
    order_timeout_minutes: int


class BookStoreWorkload(pulumi.ComponentResource):
    """The shop on a port of every node; a new version replaces the old one without a failed request.

    `demo_accounts` is a secret: {role: {email, password}}. `servers` and `migration` are ends of edges.
    """

    servers: Pods
    migration: Pods
    secret: pulumi.Output[str]
    demo_accounts: pulumi.Output[dict[str, dict[str, str]]]
    pod_requests: list[PodRequests]

    def __init__(
        self, name: str, args: BookStoreWorkloadArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:apps:BookStoreWorkload", name, None, opts)
        self._args = args
        self._child_opts = pulumi.ResourceOptions(parent=self)
        self.servers, self.migration = SERVERS, MIGRATION
        passwords = pulumi.Output.all(
            **{role: random_password(f"{name}-{role}", self, length=20) for role in ROLES}
        )
        self.demo_accounts = pulumi.Output.secret(passwords.apply(with_emails))
        files: dict[str, pulumi.Input[str]] = {
            "session-key": random_password(f"{name}-session-key", self),
            "database-password": args.database.password,
        }
        if args.database.authority is not None:
            files["database-ca.pem"] = args.database.authority
        self.secret = applied_name(self._apply("v1", "Secret", SERVERS.app, stringData=files))
        accounts = applied_name(
            self._apply(
                "v1",
                "Secret",
                "demo-accounts",
                stringData={"accounts": pulumi.Output.json_dumps(passwords)},
            )
        )
        for pods in (SERVERS, MIGRATION):
            self._apply("v1", "ServiceAccount", pods.app, automountServiceAccountToken=False)
        pod = BookStorePod(
            image=args.image,
            database=args.database,
            covers=args.covers,
            secret=self.secret,
            settings={
                "PORT": str(PORT),
                "TRUSTED_PROXIES": str(args.trusted_proxies),
                "ORDER_TIMEOUT_MINUTES": str(args.order_timeout_minutes),
            },
        )
        self._serve(pod, self._migrate(pod, accounts))
        # All that the autoscaler may start, and the one with which a rolling update begins.
        self.pod_requests = [
            PodRequests.of(SERVERS.app, RESOURCES, MAX_REPLICAS + 1),
            PodRequests.of(MIGRATION.app, MIGRATION_RESOURCES),
        ]
        self.register_outputs({"secret": self.secret, "demo_accounts": self.demo_accounts})

    def _migrate(self, pod: BookStorePod, accounts: pulumi.Output[str]) -> pulumi.CustomResource:
        """Return the Job that migrates the database and loads the first books and people.

        A new image replaces the Job, and so runs it again.
        """
        template = pod.template(
            MIGRATION,
            {
                "command": ["sh", "-c", PREPARE.read_text()],
                "resources": MIGRATION_RESOURCES.manifest,
                "volumeMounts": [{"name": "demo", "mountPath": "/run/demo", "readOnly": True}],
            },
            volumes=[secret_volume("demo", accounts)],
            restartPolicy="OnFailure",
        )
        return self._apply(
            "batch/v1",
            "Job",
            MIGRATION.app,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            spec={"backoffLimit": 6, "template": template},
        )

    def _serve(self, pod: BookStorePod, migrated: pulumi.CustomResource) -> None:
        selector = {"matchLabels": SERVERS.labels}
        deployment = self._apply(
            "apps/v1",
            "Deployment",
            SERVERS.app,
            # From then on the autoscaler decides how many replicas there are.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[migrated], ignore_changes=["spec.replicas"]),
            spec={
                "replicas": MIN_REPLICAS,
                "selector": selector,
                "minReadySeconds": 5,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "template": pod.template(SERVERS, _SERVER, terminationGracePeriodSeconds=GRACE_PERIOD),
            },
        )
        self._apply(
            "v1",
            "Service",
            SERVICE,
            spec={
                "type": "NodePort",
                "selector": SERVERS.labels,
                "ports": [{"name": "http", "port": PORT, "targetPort": "http", "nodePort": NODE_PORT}],
            },
        )
        target = {"type": "Utilization", "averageUtilization": 70}
        self._apply(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            SERVERS.app,
            spec={
                "minReplicas": MIN_REPLICAS,
                "maxReplicas": MAX_REPLICAS,
                "scaleTargetRef": {
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "name": applied_name(deployment),
                },
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            },
        )
        self._apply(
            "policy/v1",
            "PodDisruptionBudget",
            SERVERS.app,
            spec={"maxUnavailable": 1, "selector": selector},
        )

    def _apply(
        self,
        api_version: str,
        kind: str,
        name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **parts: Any,
    ) -> pulumi.CustomResource:
        found = manifest(
            api_version, kind, name, namespace=self._args.namespace, labels=SERVERS.labels, **parts
        )
        return apply(found, opts or self._child_opts)


def _check(path: str, *, period_seconds: int, failure_threshold: int) -> Manifest:
    return probe(
        http_get(path, "http"),
        period_seconds=period_seconds,
        timeout_seconds=4,
        failure_threshold=failure_threshold,
    )


_SERVER: Manifest = {
    "ports": [{"name": "http", "containerPort": PORT}],
    "resources": RESOURCES.manifest,
    "startupProbe": _check("/healthz", period_seconds=2, failure_threshold=60),
    "livenessProbe": _check("/healthz", period_seconds=10, failure_threshold=3),
    "readinessProbe": _check("/readyz", period_seconds=5, failure_threshold=2),
    "lifecycle": {"preStop": {"sleep": {"seconds": PRE_STOP}}},
}
