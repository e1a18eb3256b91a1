"""The pods of a workload: containers, probes and volumes, with no rights that they do not need."""

from infra.components.kubernetes import container as kubernetes
from infra.components.kubernetes.container import exec_command, http_get, probe, tcp_socket
from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.pod_security import (
    container_security_context,
    pod_security_context,
    restricted_pod,
)
from infra.components.kubernetes.scheduling import NODE, spread
from infra.components.kubernetes.volumes import empty_dir
from sockshop.model import Check, Command, Container, Http, Volume, Workload
from sockshop.options import Options

PRIVILEGED_PORTS = 1024
DATA = "data"
NODES = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
# The cluster needs a few seconds to stop sending requests to a pod that ends; until then it goes on serving.
PRE_STOP_SECONDS = 5
# Copies the files whole or not at all: the mark comes last.
SEED = """\
set -eu
[ ! -e /seeded/.seeded ] || exit 0
cp -R "$1/." /seeded/
rm -f /seeded/mongod.lock
sync
touch /seeded/.seeded
"""


def labels(name: str) -> dict[str, str]:
    """Return the labels of a workload's objects."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "sock-shop"}


def selector(name: str) -> dict[str, str]:
    """Return the label that selects a workload's pods."""
    return {"app.kubernetes.io/name": name}


def template(workload: Workload, options: Options) -> Manifest:
    """Return the template of a workload's pods."""
    metadata: Manifest = {"labels": labels(workload.name)}
    if workload.metrics is not None:
        metadata["annotations"] = {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(workload.metrics.port),
            "prometheus.io/path": workload.metrics.path,
        }
    security_context = pod_security_context(
        workload.user,
        owns_volumes=workload.is_datastore,
        binds_low_ports=workload.port < PRIVILEGED_PORTS,
    )
    spec: Manifest = {
        **restricted_pod(workload.name, security_context),
        "nodeSelector": NODES,
        "terminationGracePeriodSeconds": 60 if workload.is_datastore else 30,
        "topologySpreadConstraints": spread(selector(workload.name), NODE),
        "containers": [_container(each, workload, options) for each in workload.containers],
    }
    if workload.volume is not None and workload.volume.seed is not None:
        spec["initContainers"] = [_seeding(workload, workload.volume, options)]
    scratch = {path for container in workload.containers for path in container.scratch}
    volumes = [scratch_volume(path) for path in sorted(scratch)]
    if uses_efs(workload, options):
        volumes.append({"name": DATA, "persistentVolumeClaim": {"claimName": workload.name}})
    if volumes:
        spec["volumes"] = volumes
    return {"metadata": metadata, "spec": spec}


def scratch_volume(path: str) -> Manifest:
    """Return a small volume in memory for a scratch directory."""
    return empty_dir(scratch_name(path), "64Mi", in_memory=True)


def scratch_name(path: str) -> str:
    """Return the name of the volume for a scratch directory: `var-run-mysqld`."""
    return path.strip("/").replace("/", "-")


def uses_efs(workload: Workload, options: Options) -> bool:
    """Return whether a workload's data is on EFS."""
    return options.efs is not None and workload.supports_efs


def environment(container: Container) -> list[Manifest]:
    """Return a container's variables; those with secrets come first, since others may refer to them."""
    secrets = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": source.secret, "key": source.key}}}
        for name, source in container.secrets.items()
    ]
    return secrets + kubernetes.environment(container.environment)


def _container(container: Container, workload: Workload, options: Options) -> Manifest:
    low_port = container.port is not None and container.port < PRIVILEGED_PORTS
    made: Manifest = {
        "name": container.name,
        "image": options.image(container.image),
        "imagePullPolicy": "IfNotPresent",
        "resources": container.resources.manifest,
        "securityContext": container_security_context(
            read_only=container.read_only,
            # A program whose file carries this capability does not start without it.
            added_capabilities=["NET_BIND_SERVICE"] if low_port else [],
        ),
    }
    if container.command:
        made["command"] = list(container.command)
    if container.args:
        made["args"] = list(container.args)
    if variables := environment(container):
        made["env"] = variables
    if container.port is not None:
        made["ports"] = [{"name": _port_name(container), "containerPort": container.port}]
    if container.probes is not None:
        probes = container.probes
        made["startupProbe"] = _probe(container, probes.alive, every=5, failures=probes.startup_seconds // 5)
        made["livenessProbe"] = _probe(container, probes.alive, every=10, failures=6)
        made["readinessProbe"] = _probe(container, probes.ready, every=10, failures=3)
    if not workload.is_datastore:
        made["lifecycle"] = {"preStop": {"sleep": {"seconds": PRE_STOP_SECONDS}}}
    mounts = [{"name": scratch_name(path), "mountPath": path} for path in container.scratch]
    if workload.volume is not None and container is workload.container:
        mount = {"name": DATA, "mountPath": workload.volume.path}
        if workload.volume.subdirectory is not None:
            mount["subPath"] = workload.volume.subdirectory
        mounts.append(mount)
    if mounts:
        made["volumeMounts"] = mounts
    return made


def _port_name(container: Container) -> str:
    return "http" if container.port in (80, 8079) else container.name


def _probe(container: Container, check: Check, *, every: int, failures: int) -> Manifest:
    port = _port_name(container)
    match check:
        case Http(path):
            made = http_get(path, port)
        case Command(words):
            made = exec_command(words)
        case _:
            made = tcp_socket(port)
    return probe(made, period_seconds=every, timeout_seconds=5, failure_threshold=failures)


def _seeding(workload: Workload, volume: Volume, options: Options) -> Manifest:
    """Return the init container that fills an empty volume with files of the image."""
    return {
        "name": "seed",
        "image": options.image(workload.container.image),
        "command": ["sh", "-c", SEED, "sh", volume.seed],
        "resources": workload.container.resources.manifest,
        "securityContext": container_security_context(),
        "volumeMounts": [{"name": DATA, "mountPath": "/seeded"}],
    }
