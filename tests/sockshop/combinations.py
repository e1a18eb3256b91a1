"""Every combination of what a deployment of the shop may choose."""

from itertools import product

from sockshop import images
from sockshop.options import EfsVolumes, ExternalDatabase, Options

STORES_ON_FILES = ("carts-db", "orders-db", "user-db")
DATABASE = ExternalDatabase(host="socks.example", network="10.20.0.0/16")
FILES = EfsVolumes(volume_handles={name: f"fs-01::fsap-{name}" for name in STORES_ON_FILES})

COMBINATIONS = [
    Options(
        catalogue_database=database,
        efs=files,
        storage_class=storage_class,
        images=images.pulled(registry, {}),
        monitoring=monitoring,
        node_port=node_port,
    )
    for (database, files), (storage_class, registry, monitoring, node_port) in product(
        [(None, None), (DATABASE, None), (None, FILES), (DATABASE, FILES)],
        [(None, None, None, 30001), ("gp3", "registry.example/sock-shop", "monitoring", None)],
    )
]


def called(options: Options) -> str:
    """Call a combination by what differs."""
    return "-".join(
        [
            "rds" if options.catalogue_database else "mysql",
            "efs" if options.efs else "ebs",
            "monitored" if options.monitoring else "plain",
        ]
    )
