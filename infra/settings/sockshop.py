"""The settings of `sockshop`: Sock Shop on Kubernetes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.settings.keys import Keys

CLASS = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
# As docker writes one, without a tag: registry.example:5000/sock-shop
REGISTRY = r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*"


@dataclass(frozen=True, kw_only=True)
class Sockshop:
    """The settings of `sockshop`: Sock Shop on Kubernetes."""

    kubeconfig: str | None
    kube_context: str | None
    storage_class: str | None
    image_registry: str | None
    node_port: int
    replicas: int
    observability: bool

    @classmethod
    def read(cls, keys: Keys) -> Self:
        """Take the settings of `sockshop` from the stack's keys."""
        kubeconfig = keys.text("kubeconfig", "")
        return cls(
            kubeconfig=str(Path(kubeconfig).expanduser()) if kubeconfig else None,
            kube_context=keys.text("kubeContext", "") or None,
            storage_class=keys.pattern("storageClass", CLASS, "", "the name of a storage class, or nothing")
            or None,
            image_registry=keys.pattern(
                "imageRegistry", REGISTRY, "", "where images are, as registry.example/sock-shop, or nothing"
            )
            or None,
            node_port=keys.number("nodePort", 30001, 30000, 32767),
            replicas=keys.number("replicas", 1, 1, 10),
            observability=keys.flag("observability", False),
        )
