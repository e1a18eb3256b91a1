"""The pods of a workload: containers, probes, volumes, and no right that they do not need."""

from typing import Any

from sockshop.model import Command, Container, Http, Probe, Workload
from sockshop.options import Options

Manifest = dict[str, Any]

PRIVILEGED_PORTS = 1024
DATA = "data"
# The time that endpoints take to forget a pod: it goes on serving for as long.
DRAIN_SECONDS = 5


def labels(name: str) -> dict[str, str]:
    """Give the labels by which a workload's pods are found."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "sock-shop"}


def selector(name: str) -> dict[str, str]:
    """Give the label that tells a workload's pods from all others."""
    return {"app.kubernetes.io/name": name}


def pod(workload: Workload, options: Options) -> Manifest:
    """Give the template of a workload's pods."""
    metadata: Manifest = {"labels": labels(workload.name)}
    if workload.metrics is not None:
        metadata["annotations"] = {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(workload.metrics.port),
            "prometheus.io/path": workload.metrics.path,
        }
    spec = restricted(workload.user, listens_low=workload.port < PRIVILEGED_PORTS)
    spec |= {
        "serviceAccountName": workload.name,
        "terminationGracePeriodSeconds": 60 if workload.is_store else 30,
        "topologySpreadConstraints": [_spread(workload, "kubernetes.io/hostname")],
        "containers": [_container(each, workload, options) for each in workload.containers],
    }
    if workload.volume is not None:
        spec["securityContext"] |= {"fsGroup": workload.user, "fsGroupChangePolicy": "OnRootMismatch"}
        if workload.volume.seed is not None:
            spec["initContainers"] = [_seeding(workload, options)]
    volumes = [scratch_volume(path) for path in _scratch(workload)]
    if on_shared_files(workload, options):
        volumes.append({"name": DATA, "persistentVolumeClaim": {"claimName": workload.name}})
    if volumes:
        spec["volumes"] = volumes
    return {"metadata": metadata, "spec": spec}


def restricted(user: int, *, listens_low: bool = False) -> Manifest:
    """Give what each pod of the shop has in common; Pod Security calls it `restricted`."""
    security: Manifest = {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if listens_low:
        # The capability in the file of the program counts for nothing once it may gain no privileges.
        security["sysctls"] = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        "securityContext": security,
    }


def unprivileged(*, read_only: bool = True, binds_low: bool = False) -> Manifest:
    """Give the rights of a container."""
    capabilities: Manifest = {"drop": ["ALL"]}
    if binds_low:
        # A program whose file carries this capability is not even started where it is dropped.
        capabilities["add"] = ["NET_BIND_SERVICE"]
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": read_only,
        "capabilities": capabilities,
    }


def scratch_volume(path: str) -> Manifest:
    """Give a small volume that lives as long as the pod; its memory counts as the container's."""
    return {"name": scratch_name(path), "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}


def scratch_name(path: str) -> str:
    """Give the name of the volume for a scratch directory: `var-run-mysqld`."""
    return path.strip("/").replace("/", "-")


def on_shared_files(workload: Workload, options: Options) -> bool:
    """Tell whether a workload's data lies on the network file system."""
    return options.shared_files is not None and workload.files


def environment(container: Container) -> list[Manifest]:
    """Give a container's variables, the secret ones by reference."""
    plain = [{"name": name, "value": value} for name, value in container.environment.items()]
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": kept.secret, "key": kept.key}}}
        for name, kept in container.secrets.items()
    ]
    return secret + plain


def resources(container: Container) -> Manifest:
    """Give what a container is promised and its limits."""
    asked = container.resources
    return {
        "requests": {"cpu": asked.cpu, "memory": asked.memory},
        "limits": {"cpu": asked.cpu_limit, "memory": asked.memory_limit},
    }


def _container(container: Container, workload: Workload, options: Options) -> Manifest:
    made: Manifest = {
        "name": container.name,
        "image": options.image(container.image),
        "imagePullPolicy": "IfNotPresent",
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
        tries = container.probes.patience // 5
        made["startupProbe"] = _probe(container, container.probes.alive, every=5, failures=tries)
        made["livenessProbe"] = _probe(container, container.probes.alive, every=10, failures=6)
        made["readinessProbe"] = _probe(container, container.probes.ready, every=10, failures=3)
    if not workload.is_store:
        made["lifecycle"] = {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}}
    made["resources"] = resources(container)
    made["securityContext"] = unprivileged(
        read_only=container.read_only,
        binds_low=container.port is not None and container.port < PRIVILEGED_PORTS,
    )
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


def _probe(container: Container, probe: Probe, *, every: int, failures: int) -> Manifest:
    name = _port_name(container)
    match probe:
        case Http(path):
            asked: Manifest = {"httpGet": {"path": path, "port": name}}
        case Command(words):
            asked = {"exec": {"command": list(words)}}
        case _:
            asked = {"tcpSocket": {"port": name}}
    return {**asked, "periodSeconds": every, "timeoutSeconds": 5, "failureThreshold": failures}


def _scratch(workload: Workload) -> list[str]:
    return sorted({path for container in workload.containers for path in container.scratch})


def _spread(workload: Workload, topology: str) -> Manifest:
    return {
        "maxSkew": 1,
        "topologyKey": topology,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(workload.name)},
    }


def _seeding(workload: Workload, options: Options) -> Manifest:
    """Give the container that fills an empty volume with what the image brings, whole or not at all."""
    volume = workload.volume
    if volume is None or volume.seed is None:
        raise ValueError(f"{workload.name} has nothing to be filled with")
    script = (
        "set -eu\n"
        "[ ! -e /seeded/.seeded ] || exit 0\n"
        'cp -R "$1/." /seeded/\n'
        "rm -f /seeded/mongod.lock\n"
        "sync\n"
        "touch /seeded/.seeded\n"
    )
    return {
        "name": "seed",
        "image": options.image(workload.container.image),
        "command": ["sh", "-c", script, "sh", volume.seed],
        "resources": resources(workload.container),
        "securityContext": unprivileged(),
        "volumeMounts": [{"name": DATA, "mountPath": "/seeded"}],
    }
