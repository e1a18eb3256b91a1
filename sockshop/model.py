"""The types of the data in `sockshop.services`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.components.kubernetes.container import ContainerResources


@dataclass(frozen=True)
class Http:
    """A check that asks for a page; any status from 200 to 399 passes."""

    path: str


@dataclass(frozen=True)
class Tcp:
    """A check that passes when the container's port accepts a connection."""


@dataclass(frozen=True)
class Command:
    """A check that runs a program in the container; exit status 0 passes."""

    words: tuple[str, ...]


Check = Http | Tcp | Command


@dataclass(frozen=True, kw_only=True)
class Probes:
    """The probes of a container.

    Args:
        alive: a container that fails it is restarted, so it must not depend on another workload.
        ready: a container that fails it gets no requests.
        startup_seconds: how long the container may take to start.
    """

    alive: Check
    ready: Check
    startup_seconds: int


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """A key of a Secret in the shop's namespace."""

    secret: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a pod.

    Args:
        name: the container's.
        image: the original image.
        resources: its requests and limits.
        port: the port that other pods and the probes use; None for none.
        probes: None for none.
        command: replaces the image's entry point, where given.
        args: the command's arguments.
        environment: variables with plain values.
        secrets: variables with values from Secrets.
        scratch: writable directories whose contents may be lost with the pod.
        read_only: whether the rest of the file system is read-only.
    """

    name: str
    image: str
    resources: ContainerResources
    port: int | None = None
    probes: Probes | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, SecretKey] = field(default_factory=dict)
    scratch: tuple[str, ...] = ()
    read_only: bool = True


@dataclass(frozen=True, kw_only=True)
class Volume:
    """The volume of a datastore.

    Args:
        path: where the container mounts it.
        size: as Kubernetes writes quantities, such as `5Gi`.
        subdirectory: mounted in place of the volume's root, for a program that does not accept a `lost+found`
            there; None mounts the root.
        seed: a directory of the image that an empty volume is filled from; None leaves it empty.
    """

    path: str
    size: str
    subdirectory: str | None = None
    seed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where a pod serves its metrics to Prometheus."""

    port: int
    path: str = "/metrics"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A workload of the shop.

    Args:
        name: its own, and that of its Service.
        container: the main container; its port is the workload's.
        service_port: the port of its Service.
        user: the numeric user and group of its processes.
        calls: the names of the workloads that it calls; the network lets nothing else through.
        volume: a datastore's; None for a stateless service, which may run any number of pods.
        sidecars: more containers of the pod.
        metrics: None where there are none.
        supports_efs: whether its volume may also be on a network file system.
    """

    name: str
    container: Container
    service_port: int
    user: int
    calls: tuple[str, ...] = ()
    volume: Volume | None = None
    sidecars: tuple[Container, ...] = ()
    metrics: Metrics | None = None
    supports_efs: bool = False

    @property
    def is_datastore(self) -> bool:
        """Return whether it keeps data."""
        return self.volume is not None

    @property
    def port(self) -> int:
        """Return the port on which its pods listen."""
        if self.container.port is None:
            raise ValueError(f"{self.name} has no port")
        return self.container.port

    @property
    def containers(self) -> tuple[Container, ...]:
        """Return all containers of a pod, the main one first."""
        return (self.container, *self.sidecars)
