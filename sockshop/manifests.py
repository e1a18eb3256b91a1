"""All manifests of the shop, in an order in which they can be applied one by one."""

import secrets
from collections.abc import Mapping

from sockshop.loader import loader
from sockshop.network import calls, closed, names
from sockshop.options import Options
from sockshop.pods import Manifest
from sockshop.services import CATALOGUE_SECRET
from sockshop.shared_files import volumes
from sockshop.workloads import account, autoscaler, budget, controller, manifest, service


def manifests(options: Options) -> list[Manifest]:
    """Give everything but the passwords, which `catalogue_secret` makes."""
    shop = options.services
    stateless = [workload for workload in shop if not workload.is_store]
    made = [namespace(options), closed(options), names(options)]
    made += [calls(workload, options) for workload in shop]
    made += [account(workload, options) for workload in shop]
    made += [service(workload, options) for workload in shop]
    made += [each for workload in shop for each in volumes(workload, options)]
    made += loader(options)
    made += [controller(workload, options) for workload in sorted(shop, key=lambda each: not each.is_store)]
    made += [autoscaler(workload, options) for workload in stateless]
    made += [budget(workload, options) for workload in shop]
    return made


def namespace(options: Options) -> Manifest:
    """Give the namespace, which takes only pods that Pod Security calls restricted."""
    modes = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    metadata = {"name": options.namespace, "labels": {"app.kubernetes.io/part-of": "sock-shop", **modes}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def catalogue_secret(options: Options, passwords: Mapping[str, object]) -> Manifest:
    """Give the Secret of the catalogue's database, with the passwords `root-password` and `password`."""
    return manifest("v1", "Secret", CATALOGUE_SECRET, options, type="Opaque", stringData=dict(passwords))


def new_passwords() -> dict[str, str]:
    """Make passwords that nobody has seen."""
    return {key: secrets.token_hex(20) for key in ("root-password", "password")}
