"""Sock Shop, from the manifests that `python -m sockshop` prints."""

from dataclasses import dataclass

import pulumi
import pulumi_random as random

from infra.components.kubernetes.manifest import apply
from infra.components.kubernetes.pod_requests import PodRequests
from sockshop import monitoring
from sockshop.manifests import catalogue_secret, manifests
from sockshop.options import Options
from sockshop.pods import Manifest


def demands(options: Options) -> list[PodRequests]:
    """Return what the shop asks of the nodes, and its largest pod once more: an update starts one."""
    found = [
        _demand(each["metadata"]["name"], each["spec"]["template"]["spec"], options.replicas)
        if each["kind"] == "Deployment"
        else _demand(each["metadata"]["name"], each["spec"]["template"]["spec"], 1)
        for each in manifests(options)
        if each["kind"] in ("Deployment", "StatefulSet", "Job")
    ]
    largest = PodRequests(
        name="pod of an update",
        count=1,
        cpu=max(each.cpu for each in found),
        memory=max(each.memory for each in found),
    )
    return [*found, largest]


def _demand(name: str, pod: Manifest, count: int) -> PodRequests:
    def asked(key: str, unit: str) -> int:
        before, after = (
            [int(each["resources"]["requests"][key].removesuffix(unit)) for each in pod.get(containers, [])]
            for containers in ("initContainers", "containers")
        )
        return max(*before, sum(after), 0)

    return PodRequests(name=name, count=count, cpu=asked("cpu", "m"), memory=asked("memory", "Mi"))


def watchers() -> list[PodRequests]:
    """Return what Prometheus and what belongs to it ask of the nodes."""
    pods: dict[str, list[monitoring.Part]] = {}
    for part in monitoring.PARTS:
        pods.setdefault(part.pod, []).append(part)
    return [
        PodRequests(
            name=name,
            count=1,
            cpu=sum(part.count * part.cpu for part in parts),
            memory=sum(part.count * part.memory for part in parts),
            on_each_node=parts[0].on_each_node,
        )
        for name, parts in pods.items()
    ]


@dataclass(frozen=True, kw_only=True)
class SockShopReleaseArgs:
    """What the shop is made of.

    Args:
        options: what its manifests are built from; their leaves may be outputs.
        administrator_password: of the catalogue's database where it lies outside of the cluster; None has one
            made for the database inside.
    """

    options: Options
    administrator_password: pulumi.Input[str] | None = None


class SockShopRelease(pulumi.ComponentResource):
    """The shop's workloads in a namespace of their own."""

    namespace: pulumi.Output[str]

    def __init__(
        self, name: str, args: SockShopReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:kubernetes:SockShopRelease", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        namespace, *others = manifests(args.options)
        space = apply(namespace, child_opts)
        secret = apply(
            catalogue_secret(
                args.options,
                {
                    "root-password": args.administrator_password or self._password(f"{name}-root"),
                    "password": self._password(f"{name}-catalogue"),
                },
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[space]),
        )
        for manifest in others:
            apply(manifest, pulumi.ResourceOptions(parent=self, depends_on=[space, secret]))
        # By way of its id: whoever is told the name finds the namespace.
        self.namespace = space.id.apply(lambda _: args.options.namespace)
        self.register_outputs({"namespace": self.namespace})

    def _password(self, name: str) -> pulumi.Output[str]:
        # Letters and digits: they pass through a DSN without being quoted.
        made = random.RandomPassword(name, length=40, special=False, opts=pulumi.ResourceOptions(parent=self))
        return pulumi.Output.secret(made.result)
