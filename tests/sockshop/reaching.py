"""Who reaches whom, by the rules of Kubernetes for network policies and Services."""

from typing import Any

Manifest = dict[str, Any]


class Network:
    """The pods of some manifests, with the traffic that is let through between them."""

    def __init__(self, manifests: list[Manifest]) -> None:
        self.policies = [each for each in manifests if each["kind"] == "NetworkPolicy"]
        self.services = {each["metadata"]["name"]: each for each in manifests if each["kind"] == "Service"}
        self.pods = {
            each["metadata"]["name"]: each["spec"]["template"]
            for each in manifests
            if each["kind"] in ("Deployment", "StatefulSet", "Job")
        }

    def calls(self, caller: str, service: str) -> bool:
        """Return whether a workload's pods get an answer under a Service's name, at each of its ports."""
        spec = self.services[service]["spec"]
        ends = [name for name, pod in self.pods.items() if _matches({"matchLabels": spec["selector"]}, pod)]
        return bool(ends) and all(
            self.listens(end, port["targetPort"]) and self.connects(caller, end, port["targetPort"])
            for end in ends
            for port in spec["ports"]
        )

    def listens(self, workload: str, port: int) -> bool:
        """Return whether a container of the workload declares the port."""
        containers = self.pods[workload]["spec"]["containers"]
        return any(
            declared["containerPort"] == port for each in containers for declared in each.get("ports", [])
        )

    def connects(self, caller: str, callee: str, port: int) -> bool:
        """Return whether both sides' policies allow a connection."""
        return self._lets("egress", "to", caller, callee, port) and self._lets(
            "ingress", "from", callee, caller, port
        )

    def open_to_everybody(self, workload: str) -> set[int]:
        """Return the ports that a workload opens to everybody."""
        return {
            port["port"]
            for policy in self._of("ingress", workload)
            for rule in policy["spec"].get("ingress", [])
            if "from" not in rule
            for port in rule["ports"]
        }

    def goes_out_to(self, workload: str) -> set[tuple[str, int]]:
        """Return the addresses outside the cluster, with ports, that a workload reaches."""
        return {
            (peer["ipBlock"]["cidr"], port["port"])
            for policy in self._of("egress", workload)
            for rule in policy["spec"].get("egress", [])
            for peer in rule["to"]
            if "ipBlock" in peer
            for port in rule["ports"]
        }

    def _lets(self, way: str, peers: str, workload: str, other: str, port: int) -> bool:
        policies = self._of(way, workload)
        if not policies:
            return True  # without a policy, a pod accepts and sends everything
        return any(
            any(allowed["port"] == port for allowed in rule.get("ports", [{"port": port}]))
            and (peers not in rule or any(self._is(peer, other) for peer in rule[peers]))
            for policy in policies
            for rule in policy["spec"].get(way, [])
        )

    def _of(self, way: str, workload: str) -> list[Manifest]:
        return [
            policy
            for policy in self.policies
            if way.capitalize() in policy["spec"]["policyTypes"]
            and _matches(policy["spec"]["podSelector"], self.pods[workload])
        ]

    def _is(self, peer: Manifest, workload: str) -> bool:
        # A peer with a namespace selector is not one of the shop's pods.
        return set(peer) == {"podSelector"} and _matches(peer["podSelector"], self.pods[workload])


def _matches(selector: Manifest, pod: Manifest) -> bool:
    labels = pod["metadata"]["labels"]
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
