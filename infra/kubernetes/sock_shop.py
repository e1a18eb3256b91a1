"""Sock Shop, from the manifests that `python -m sockshop` prints."""

from dataclasses import dataclass

import pulumi
import pulumi_random as random

from infra.kubernetes.manifest import apply
from sockshop.manifests import catalogue_secret, manifests
from sockshop.options import Options


@dataclass(frozen=True, kw_only=True)
class SockShopArgs:
    """What the shop is made of.

    Args:
        options: what its manifests are built from; their leaves may be outputs.
        administrator_password: of the catalogue's database where it lies outside of the cluster; None has one
            made for the database inside.
    """

    options: Options
    administrator_password: pulumi.Input[str] | None = None


class SockShop(pulumi.ComponentResource):
    """The shop's workloads in a namespace of their own."""

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: SockShopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:kubernetes:SockShop", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        namespace, *others = manifests(args.options)
        space = apply(namespace, inside)
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
