"""The Job that loads the catalogue into a database outside the cluster."""

import hashlib
from pathlib import Path

from infra.components.kubernetes.container import ContainerResources
from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.network_policy import network_policy
from infra.components.kubernetes.pod_security import (
    container_security_context,
    pod_security_context,
    restricted_pod,
)
from sockshop import images
from sockshop.model import Container, SecretKey
from sockshop.network import to_database
from sockshop.options import ExternalDatabase, Options
from sockshop.pods import NODES, environment, labels, scratch_name, scratch_volume, selector
from sockshop.services import CATALOGUE_PASSWORD, CATALOGUE_SECRET, SCRATCH, STORE_USER
from sockshop.workloads import shop_object

NAME = "load-socks"
FILES = ("load-socks.sh", "socks.sql")


def loader(options: Options) -> list[Manifest]:
    """Return the Job with its files, service account and network policy; nothing for MySQL in the cluster."""
    database = options.catalogue_database
    if database is None:
        return []
    contents = {name: (Path(__file__).parent / name).read_text() for name in FILES}
    # Jobs cannot be changed: new files make a new Job.
    version = hashlib.sha256("".join(contents.values()).encode()).hexdigest()[:8]
    name = f"{NAME}-{version}"
    job = {
        "backoffLimit": 6,
        "template": {"metadata": {"labels": labels(NAME)}, "spec": _pod(database, options, name)},
    }
    return [
        shop_object("v1", "ServiceAccount", NAME, options, automountServiceAccountToken=False),
        shop_object("v1", "ConfigMap", name, options, data=contents, immutable=True),
        network_policy(
            NAME,
            namespace=options.namespace,
            types=["Egress"],
            pods=selector(NAME),
            egress=[to_database(database.network)],
            labels=labels(NAME),
        ),
        shop_object("batch/v1", "Job", name, options, spec=job),
    ]


def _pod(database: ExternalDatabase, options: Options, config_map: str) -> Manifest:
    container = Container(
        name=NAME,
        image=images.MYSQL_CLIENT,
        resources=ContainerResources(cpu_request=50, memory_request=64, cpu_limit=500, memory_limit=256),
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
        **restricted_pod(NAME, pod_security_context(STORE_USER, owns_volumes=False)),
        "nodeSelector": NODES,
        "restartPolicy": "Never",
        "containers": [
            {
                "name": container.name,
                "image": options.image(container.image),
                "imagePullPolicy": "IfNotPresent",
                "command": ["sh", "/load/load-socks.sh", "/load/socks.sql", "--ssl-mode=REQUIRED"],
                "env": environment(container),
                "resources": container.resources.manifest,
                "securityContext": container_security_context(),
                "volumeMounts": [
                    {"name": "load", "mountPath": "/load", "readOnly": True},
                    {"name": scratch_name(SCRATCH), "mountPath": SCRATCH},
                ],
            }
        ],
        "volumes": [{"name": "load", "configMap": {"name": config_map}}, scratch_volume(SCRATCH)],
    }
