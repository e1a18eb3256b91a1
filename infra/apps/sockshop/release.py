"""Sock Shop from the manifests that `python -m sockshop` prints."""

from dataclasses import dataclass

import pulumi

from infra.components.kubernetes.apply import apply
from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.pod_requests import PodRequests
from infra.components.password import random_password
from sockshop.manifests import catalogue_secret, manifests
from sockshop.options import Options


@dataclass(frozen=True, kw_only=True)
class SockShopReleaseArgs:
    """Arguments for `SockShopRelease`.

    Args:
        options: the choices for the manifests; their leaves may be outputs.
        administrator_password: of an external database for the catalogue; None makes one for the database in
            the cluster.
    """

    options: Options
    administrator_password: pulumi.Input[str] | None = None


class SockShopRelease(pulumi.ComponentResource):
    """The shop's workloads in a namespace of their own."""

    pod_requests: list[PodRequests]

    def __init__(
        self, name: str, args: SockShopReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:apps:SockShopRelease", name, None, opts)
        namespace, *others = manifests(args.options)
        created = apply(namespace, pulumi.ResourceOptions(parent=self))
        passwords = {
            "root-password": args.administrator_password or random_password(f"{name}-root", self),
            "password": random_password(f"{name}-catalogue", self),
        }
        secret = apply(
            catalogue_secret(args.options, passwords),
            pulumi.ResourceOptions(parent=self, depends_on=[created]),
        )
        for manifest in others:
            apply(manifest, pulumi.ResourceOptions(parent=self, depends_on=[created, secret]))
        self.pod_requests = _pod_requests(others, args.options.min_replicas)
        self.register_outputs({})


def _pod_requests(objects: list[Manifest], replicas: int) -> list[PodRequests]:
    """Return the requests of all pods, and of the largest once more, since an update starts one first."""
    found = [
        _requests_of(
            each["metadata"]["name"],
            each["spec"]["template"]["spec"],
            replicas if each["kind"] == "Deployment" else 1,
        )
        for each in objects
        if each["kind"] in ("Deployment", "StatefulSet", "Job")
    ]
    largest = PodRequests(
        name="pod of an update",
        count=1,
        cpu=max(each.cpu for each in found),
        memory=max(each.memory for each in found),
    )
    return [*found, largest]


def _requests_of(name: str, pod: Manifest, count: int) -> PodRequests:
    def requested(resource: str, unit: str) -> int:
        init, main = (
            [int(each["resources"]["requests"][resource].removesuffix(unit)) for each in pod.get(kind, [])]
            for kind in ("initContainers", "containers")
        )
        return max(*init, sum(main), 0)

    return PodRequests(name=name, count=count, cpu=requested("cpu", "m"), memory=requested("memory", "Mi"))
