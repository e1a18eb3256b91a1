"""kubectl commands that a stack offers as its outputs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kubectl:
    """Commands for a namespace, to paste into a shell."""

    namespace: str

    def run(self, arguments: str) -> str:
        """Return a command with these arguments."""
        return f"kubectl --namespace {self.namespace} {arguments}"

    @property
    def get_all(self) -> str:
        """Return the command that lists everything in the namespace."""
        return self.run("get all,persistentvolumeclaims,networkpolicies --output wide")

    @property
    def get_events(self) -> str:
        """Return the command that lists events, the newest last."""
        return self.run("get events --sort-by .lastTimestamp")

    def port_forward(self, service: str, local_port: int, port: int) -> str:
        """Return the command that forwards a local port to a Service."""
        return self.run(f"port-forward service/{service} {local_port}:{port}")
