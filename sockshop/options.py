"""The choices of a deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sockshop.model import Workload
from sockshop.services import CATALOGUE_DATABASE, CATALOGUE_USER, SERVICES

# A value that is only copied into a manifest: text, or an output that Pulumi fills in later.
Leaf = object


@dataclass(frozen=True, kw_only=True)
class ExternalDatabase:
    """A MySQL server outside the cluster, with the catalogue.

    Args:
        host: its name.
        network: the range of its addresses, such as `10.20.0.0/16`: pods may connect to these only.
        administrator: the account that the loading Job signs in with; its password is in the Secret.
    """

    host: Leaf
    network: Leaf
    administrator: Leaf = "admin"


@dataclass(frozen=True, kw_only=True)
class EfsVolumes:
    """Volumes on EFS, for the datastores that can use a network file system.

    Args:
        volume_handles: the CSI driver's volume handle, `fs-...::fsap-...`, by datastore. Its access point
            sets the user and group 999 and a directory for this datastore.
    """

    volume_handles: Mapping[str, Leaf]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices of a deployment.

    Args:
        namespace: the shop's.
        node_port: the port of every node that leads to the front end; None opens none.
        storage_class: of the datastores' volumes; None takes the cluster's default.
        min_replicas: the minimum number of pods of each stateless service.
        max_replicas: the maximum.
        catalogue_database: None runs MySQL in the cluster.
        efs: None keeps every datastore on a block device.
        images: the image to pull, such as a copy in another registry, by original image.
        monitoring: the namespace whose pods may read metrics; None lets nobody.
    """

    namespace: str = "sock-shop"
    node_port: int | None = 30001
    storage_class: Leaf | None = None
    min_replicas: int = 1
    max_replicas: int = 4
    catalogue_database: ExternalDatabase | None = None
    efs: EfsVolumes | None = None
    images: Mapping[str, Leaf] = field(default_factory=dict)
    monitoring: str | None = None

    def image(self, original: str) -> Leaf:
        """Return the name under which the cluster pulls an image."""
        return self.images.get(original, original)

    @property
    def services(self) -> tuple[Workload, ...]:
        """Return the workloads: all, or all but `catalogue-db` where the database is external."""
        if self.catalogue_database is None:
            return SERVICES
        return tuple(
            _with_external_database(service, self.catalogue_database)
            if service.name == "catalogue"
            else service
            for service in SERVICES
            if service.name != "catalogue-db"
        )


def _with_external_database(catalogue: Workload, database: ExternalDatabase) -> Workload:
    # Its driver supports mysql_native_password only, and cannot be given the authority of a certificate.
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
