"""What a deployment of the shop may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sockshop.model import Workload
from sockshop.services import CATALOGUE_DATABASE, CATALOGUE_USER, SERVICES

# A value that only stands in a manifest, such as text or what another tool knows later and fills in itself.
Leaf = object


@dataclass(frozen=True, kw_only=True)
class ExternalDatabase:
    """A MySQL server outside of the cluster that holds the catalogue.

    Args:
        host: its name.
        network: the addresses it may have, as `10.20.0.0/16`: pods may go out to these alone.
        administrator: the account that the loading Job signs in with; its password is in the Secret.
    """

    host: Leaf
    network: Leaf
    administrator: Leaf = "admin"


@dataclass(frozen=True, kw_only=True)
class EfsVolumes:
    """A network file system of EFS for the stores that can live on one.

    Args:
        volumes: for each store the CSI driver's volume handle, `fs-...::fsap-...`, whose access point sets
            the user and group 999 and a directory of the store's own.
    """

    volumes: Mapping[str, Leaf]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a deployment of the shop may choose.

    Args:
        node_port: the port of every node that leads to the front end; None keeps it inside the cluster.
        storage_class: of the stores' volumes; None takes the cluster's default.
        replicas: how many pods of each stateless service there are at least.
        most_replicas: how many there are at most.
        catalogue_database: None runs MySQL in the cluster.
        shared_files: None keeps every store on a block device of its own.
        images: what the cluster pulls in the place of an original image, such as its copy in a registry.
        monitoring: the namespace whose pods may read metrics; None lets nobody.
    """

    namespace: str = "sock-shop"
    node_port: int | None = 30001
    storage_class: Leaf | None = None
    replicas: int = 1
    most_replicas: int = 4
    catalogue_database: ExternalDatabase | None = None
    shared_files: EfsVolumes | None = None
    images: Mapping[str, Leaf] = field(default_factory=dict)
    monitoring: str | None = None

    def image(self, original: str) -> Leaf:
        """Give the name by which the cluster pulls an image."""
        return self.images.get(original, original)

    @property
    def services(self) -> tuple[Workload, ...]:
        """Give the workloads, with a catalogue that asks the database outside where there is one."""
        if self.catalogue_database is None:
            return SERVICES
        return tuple(
            _asking_outside(service, self.catalogue_database) if service.name == "catalogue" else service
            for service in SERVICES
            if service.name != "catalogue-db"
        )


def _asking_outside(catalogue: Workload, database: ExternalDatabase) -> Workload:
    # Its driver knows mysql_native_password alone, and no way to be told whom to trust.
    dsn = (
        f"-DSN={CATALOGUE_USER}:$(CATALOGUE_PASSWORD)@tcp($(CATALOGUE_HOST):3306)/{CATALOGUE_DATABASE}"
        "?allowNativePasswords=true&tls=skip-verify"
    )
    container = replace(
        catalogue.container,
        args=("-port=80", dsn),
        environment={"CATALOGUE_HOST": database.host},
    )
    return replace(catalogue, container=container, calls=())
