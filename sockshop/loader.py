"""The Job that loads the catalogue into a database outside of the cluster, which runs no scripts of ours."""

import hashlib
from pathlib import Path

from sockshop import images
from sockshop.model import Container, Resources, SecretKey
from sockshop.network import to_database
from sockshop.options import ExternalDatabase, Options
from sockshop.pods import (
    Manifest,
    environment,
    labels,
    resources,
    restricted,
    scratch_name,
    scratch_volume,
    selector,
    unprivileged,
)
from sockshop.services import CATALOGUE_PASSWORD, CATALOGUE_SECRET, SCRATCH, STORE_USER
from sockshop.workloads import manifest

NAME = "load-socks"
FILES = ("load-socks.sh", "socks.sql")


def loader(options: Options) -> list[Manifest]:
    """Give the Job, its files, its account and its way through the network, or none for MySQL inside."""
    database = options.catalogue_database
    if database is None:
        return []
    contents = {name: (Path(__file__).parent / name).read_text() for name in FILES}
    # A Job cannot be changed: what it loads is part of its name.
    version = hashlib.sha256("".join(contents.values()).encode()).hexdigest()[:8]
    policy = {
        "podSelector": {"matchLabels": selector(NAME)},
        "policyTypes": ["Egress"],
        "egress": [to_database(database.network)],
    }
    job = {
        "backoffLimit": 6,
        "template": {"metadata": {"labels": labels(NAME)}, "spec": _pod(database, options, version)},
    }
    named = f"{NAME}-{version}"
    return [
        manifest("v1", "ServiceAccount", NAME, options, automountServiceAccountToken=False),
        manifest("v1", "ConfigMap", named, options, data=contents, immutable=True),
        manifest("networking.k8s.io/v1", "NetworkPolicy", NAME, options, spec=policy),
        manifest("batch/v1", "Job", named, options, spec=job),
    ]


def _pod(database: ExternalDatabase, options: Options, version: str) -> Manifest:
    container = Container(
        name=NAME,
        image=images.MYSQL_CLIENT,
        resources=Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi"),
        environment={
            "DATABASE_HOST": database.host,
            "DATABASE_PORT": "3306",
            "DATABASE_USER": database.administrator,
        },
        secrets={
            "DATABASE_PASSWORD": SecretKey(secret=CATALOGUE_SECRET, key="root-password"),
            "CATALOGUE_PASSWORD": CATALOGUE_PASSWORD,
        },
    )
    return {
        **restricted(STORE_USER),
        "serviceAccountName": NAME,
        "restartPolicy": "Never",
        "containers": [
            {
                "name": container.name,
                "image": options.image(container.image),
                "imagePullPolicy": "IfNotPresent",
                "command": ["sh", "/load/load-socks.sh", "/load/socks.sql", "--ssl-mode=REQUIRED"],
                "env": environment(container),
                "resources": resources(container),
                "securityContext": unprivileged(),
                "volumeMounts": [
                    {"name": "load", "mountPath": "/load", "readOnly": True},
                    {"name": scratch_name(SCRATCH), "mountPath": SCRATCH},
                ],
            }
        ],
        "volumes": [
            {"name": "load", "configMap": {"name": f"{NAME}-{version}"}},
            scratch_volume(SCRATCH),
        ],
    }
