"""The images, each in the version with which the shop works."""

from collections.abc import Mapping

WEAVE = "docker.io/weaveworksdemos"

FRONT_END = f"{WEAVE}/front-end:0.3.12"
CARTS = f"{WEAVE}/carts:0.4.8"
CATALOGUE = f"{WEAVE}/catalogue:0.3.5"
CATALOGUE_DB = f"{WEAVE}/catalogue-db:0.3.0"
ORDERS = f"{WEAVE}/orders:0.4.7"
PAYMENT = f"{WEAVE}/payment:0.4.3"
QUEUE_MASTER = f"{WEAVE}/queue-master:0.3.1"
SHIPPING = f"{WEAVE}/shipping:0.4.8"
USER = f"{WEAVE}/user:0.4.7"
USER_DB = f"{WEAVE}/user-db:0.3.0"
# The drivers of carts and orders use OP_QUERY, which MongoDB removed after 5.0; and 5.0 requires AVX.
MONGO = "docker.io/library/mongo:4.4.29"
RABBITMQ = "docker.io/library/rabbitmq:3.6.8-management"
RABBITMQ_EXPORTER = "docker.io/kbudde/rabbitmq-exporter:v0.29.0"
REDIS = "docker.io/library/redis:7.2.5-alpine"
# Only the client is used, by the Job that loads the catalogue into a database outside the cluster.
MYSQL_CLIENT = "docker.io/library/mysql:8.4.3"

ALL = (
    FRONT_END, CARTS, CATALOGUE, CATALOGUE_DB, ORDERS, PAYMENT, QUEUE_MASTER, SHIPPING, USER, USER_DB,
    MONGO, RABBITMQ, RABBITMQ_EXPORTER, REDIS, MYSQL_CLIENT,
)  # fmt: skip


def repository(image: str) -> str:
    """Return the last part of an image's name: `carts` for `docker.io/weaveworksdemos/carts:0.4.8`."""
    return image.rpartition("/")[2].partition(":")[0]


def tag(image: str) -> str:
    """Return an image's tag."""
    return image.rpartition(":")[2]


def pulled(registry: str | None, digests: Mapping[str, str]) -> dict[str, str]:
    """Return the name under which each image is pulled, by its original name.

    Args:
        registry: the one with copies of the images; None pulls the originals.
        digests: `sha256:...` by original name; an image without one is pulled by its tag.
    """
    names = {image: image if registry is None else copy_of(image, registry) for image in ALL}
    return {image: f"{name}@{digests[image]}" if image in digests else name for image, name in names.items()}


def copy_of(image: str, registry: str) -> str:
    """Return the name of an image's copy in another registry: `REGISTRY/carts:0.4.8`."""
    return f"{registry.rstrip('/')}/{repository(image)}:{tag(image)}"
