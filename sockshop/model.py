"""What a workload of the shop is made of; `sockshop.services` fills it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What a container is promised and what it may take at most, as Kubernetes writes quantities."""

    cpu: str
    memory: str
    cpu_limit: str
    memory_limit: str


@dataclass(frozen=True)
class Http:
    """A probe that asks for a page; any status from 200 to 399 is a yes."""

    path: str


@dataclass(frozen=True)
class Tcp:
    """A probe that asks whether the port takes connections."""


@dataclass(frozen=True)
class Command:
    """A probe that runs a program in the container; exit status 0 is a yes."""

    words: tuple[str, ...]


Probe = Http | Tcp | Command


@dataclass(frozen=True, kw_only=True)
class Probes:
    """How the kubelet learns how a container is.

    Args:
        alive: what must hold, or the container is started again; never asks for what another workload owns.
        ready: what must hold for the container to be called.
        patience: seconds that the container may take to start.
    """

    alive: Probe
    ready: Probe
    patience: int


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """Where a secret value is kept: a Secret of the namespace, and a key in it."""

    secret: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a pod.

    Args:
        port: the one that the others call and the probes ask, or None.
        command: in place of the image's entry point, where it is given.
        secrets: variables whose values come from Secrets.
        scratch: directories that must be writable and need not outlive the container.
        read_only: whether the rest of its file system is.
    """

    name: str
    image: str
    resources: Resources
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
    """What a store keeps.

    Args:
        path: where its program has the data.
        size: as Kubernetes writes quantities.
        subdirectory: of the volume, for a program that minds a `lost+found` beside its files.
        seed: a directory of the image whose files an empty volume starts with, or None.
    """

    path: str
    size: str
    subdirectory: str | None = None
    seed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where Prometheus finds the numbers of a pod."""

    port: int
    path: str = "/metrics"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One of the shop's workloads.

    Args:
        container: the one that does the work; its port is the workload's.
        service_port: the port under which the others call it.
        calls: the names of the workloads that it calls, which is all that the network lets through.
        user: the numeric user and group that its containers run as.
        volume: what a store keeps; None for what can be started anywhere, any number of times.
        sidecars: containers beside the one that does the work.
        metrics: None where there are none.
        files: whether its volume may also lie on a network file system.
    """

    name: str
    container: Container
    service_port: int
    user: int
    calls: tuple[str, ...] = ()
    volume: Volume | None = None
    sidecars: tuple[Container, ...] = ()
    metrics: Metrics | None = None
    files: bool = False

    @property
    def is_store(self) -> bool:
        """Tell whether it keeps data."""
        return self.volume is not None

    @property
    def port(self) -> int:
        """Give the port on which its pods listen."""
        if self.container.port is None:
            raise ValueError(f"{self.name} listens nowhere")
        return self.container.port

    @property
    def containers(self) -> tuple[Container, ...]:
        """Give all containers of a pod, the one that does the work first."""
        return (self.container, *self.sidecars)
