"""Who may talk to whom: nobody, but for the calls of the data, and names."""

from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import Manifest, selector
from sockshop.services import callers
from sockshop.workloads import manifest

MYSQL_PORT = 3306


def closed(options: Options) -> Manifest:
    """Give the policy that lets nothing in and nothing out."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", "closed", options, spec=spec)


def names(options: Options) -> Manifest:
    """Give the policy that lets every pod ask the cluster's DNS."""
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [dns], "ports": ports}]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", "names", options, spec=spec)


def calls(workload: Workload, options: Options) -> Manifest:
    """Give the policy of one workload: whoever calls it comes in, whomever it calls is reached."""
    services = {service.name: service for service in options.services}
    incoming: list[Manifest] = []
    if workload.name == "front-end":
        incoming.append({"ports": [_port(workload.port)]})  # from everywhere: it is the way in
    elif calling := callers(workload.name, options.services):
        incoming.append({"from": [_pods(name) for name in calling], "ports": [_port(workload.port)]})
    if options.monitoring is not None and workload.metrics is not None:
        space = {"kubernetes.io/metadata.name": options.monitoring}
        incoming.append(
            {
                "from": [{"namespaceSelector": {"matchLabels": space}}],
                "ports": [_port(workload.metrics.port)],
            }
        )
    outgoing = [{"to": [_pods(name)], "ports": [_port(services[name].port)]} for name in workload.calls]
    if workload.name == "catalogue" and options.catalogue_database is not None:
        outgoing.append(to_database(options.catalogue_database.network))
    spec = {
        "podSelector": {"matchLabels": selector(workload.name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": incoming,
        "egress": outgoing,
    }
    return manifest("networking.k8s.io/v1", "NetworkPolicy", workload.name, options, spec=spec)


def to_database(addresses: object) -> Manifest:
    """Give the rule that lets a pod out to the database outside of the cluster."""
    return {"to": [{"ipBlock": {"cidr": addresses}}], "ports": [_port(MYSQL_PORT)]}


def _pods(name: str) -> Manifest:
    return {"podSelector": {"matchLabels": selector(name)}}


def _port(number: int) -> Manifest:
    return {"protocol": "TCP", "port": number}
