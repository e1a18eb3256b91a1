"""Network policies: nothing connects to anything, except for DNS and the calls in the data."""

from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.network_policy import (
    allow_dns,
    default_deny,
    ip_block_peer,
    namespace_peer,
    network_policy,
    pods_peer,
    tcp,
)
from sockshop.model import Workload
from sockshop.options import Options
from sockshop.pods import labels, selector
from sockshop.services import callers

MYSQL_PORT = 3306


def closed(options: Options) -> list[Manifest]:
    """Return the policies of every pod: no connections but those to the cluster's DNS."""
    return [
        default_deny(options.namespace, labels("default-deny")),
        allow_dns(options.namespace, labels("allow-dns")),
    ]


def calls(workload: Workload, options: Options) -> Manifest:
    """Return the policy of a workload: it accepts its callers and reaches what it calls."""
    services = {service.name: service for service in options.services}
    ingress: list[Manifest] = []
    if workload.name == "front-end":
        ingress.append({"ports": [tcp(workload.port)]})  # from everywhere: it is what visitors use
    elif calling := callers(workload.name, options.services):
        ingress.append(
            {"from": [pods_peer(selector(name)) for name in calling], "ports": [tcp(workload.port)]}
        )
    if options.monitoring is not None and workload.metrics is not None:
        ingress.append({"from": [namespace_peer(options.monitoring)], "ports": [tcp(workload.metrics.port)]})
    egress = [
        {"to": [pods_peer(selector(name))], "ports": [tcp(services[name].port)]} for name in workload.calls
    ]
    if workload.name == "catalogue" and options.catalogue_database is not None:
        egress.append(to_database(options.catalogue_database.network))
    return network_policy(
        workload.name,
        namespace=options.namespace,
        types=["Ingress", "Egress"],
        pods=selector(workload.name),
        ingress=ingress,
        egress=egress,
        labels=labels(workload.name),
    )


def to_database(cidr: object) -> Manifest:
    """Return the rule that lets a pod connect to the database outside the cluster."""
    return {"to": [ip_block_peer(cidr)], "ports": [tcp(MYSQL_PORT)]}
