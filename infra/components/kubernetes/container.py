"""Parts of a container: its resources, its environment and its probes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.components.kubernetes.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class ContainerResources:
    """The requests and limits of a container.

    Args:
        cpu_request: in thousandths of a processor.
        memory_request: in MiB.
        memory_limit: in MiB; a container that takes more is killed.
        cpu_limit: in thousandths of a processor; None lets it use whatever is idle.
    """

    cpu_request: int
    memory_request: int
    memory_limit: int
    cpu_limit: int | None = None

    @property
    def manifest(self) -> Manifest:
        """Return it as the field `resources` of a container."""
        limits = {"memory": f"{self.memory_limit}Mi"}
        if self.cpu_limit is not None:
            limits["cpu"] = f"{self.cpu_limit}m"
        requests = {"cpu": f"{self.cpu_request}m", "memory": f"{self.memory_request}Mi"}
        return {"requests": requests, "limits": limits}


def environment(variables: Mapping[str, object]) -> list[Manifest]:
    """Return variables as the field `env` of a container."""
    return [{"name": name, "value": value} for name, value in variables.items()]


def http_get(path: str, port: str) -> Manifest:
    """Return a check that asks for a page; any status from 200 to 399 passes."""
    return {"httpGet": {"path": path, "port": port}}


def tcp_socket(port: str) -> Manifest:
    """Return a check that passes when the port accepts a connection."""
    return {"tcpSocket": {"port": port}}


def exec_command(command: Sequence[str]) -> Manifest:
    """Return a check that runs a program in the container; exit status 0 passes."""
    return {"exec": {"command": list(command)}}


def probe(check: Manifest, *, period_seconds: int, timeout_seconds: int, failure_threshold: int) -> Manifest:
    """Return a probe: a check, how often it runs, and how many failures in a row count."""
    return {
        **check,
        "periodSeconds": period_seconds,
        "timeoutSeconds": timeout_seconds,
        "failureThreshold": failure_threshold,
    }
