"""All manifests of the shop, in an order in which they can be applied one by one."""

import secrets
from collections.abc import Mapping

from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.pod_security import restricted_namespace
from sockshop.efs_volumes import volumes
from sockshop.loader import loader
from sockshop.network import calls, closed
from sockshop.options import Options
from sockshop.services import CATALOGUE_SECRET
from sockshop.workloads import (
    autoscaler,
    controller,
    disruption_budget,
    service,
    service_account,
    shop_object,
)


def manifests(options: Options) -> list[Manifest]:
    """Return all manifests but the Secret, which `catalogue_secret` returns."""
    shop = options.services
    stateless = [workload for workload in shop if not workload.is_datastore]
    datastores_first = sorted(shop, key=lambda workload: not workload.is_datastore)
    return [
        namespace(options),
        *closed(options),
        *(calls(workload, options) for workload in shop),
        *(service_account(workload, options) for workload in shop),
        *(service(workload, options) for workload in shop),
        *(volume for workload in shop for volume in volumes(workload, options)),
        *loader(options),
        *(controller(workload, options) for workload in datastores_first),
        *(autoscaler(workload, options) for workload in stateless),
        *(disruption_budget(workload, options) for workload in shop),
    ]


def namespace(options: Options) -> Manifest:
    """Return the namespace, which rejects pods that are not `restricted`."""
    return restricted_namespace(options.namespace, {"app.kubernetes.io/part-of": "sock-shop"})


def catalogue_secret(options: Options, passwords: Mapping[str, object]) -> Manifest:
    """Return the Secret of the catalogue's database, with the keys `root-password` and `password`."""
    return shop_object("v1", "Secret", CATALOGUE_SECRET, options, type="Opaque", stringData=dict(passwords))


def new_passwords() -> dict[str, str]:
    """Return new random passwords."""
    return {key: secrets.token_hex(20) for key in ("root-password", "password")}
