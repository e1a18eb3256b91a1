"""The pods of the BookStore's image: the server, and jobs that run the shop's commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.components.kubernetes.container import environment
from infra.components.kubernetes.database_connection import RDS_AUTHORITIES, DatabaseConnection
from infra.components.kubernetes.manifest import Manifest
from infra.components.kubernetes.network_policy import Pods
from infra.components.kubernetes.pod_security import (
    container_security_context,
    pod_security_context,
    restricted_pod,
)
from infra.components.kubernetes.scheduling import NODE, ZONE, spread
from infra.components.kubernetes.volumes import empty_dir, secret_volume

UID = 10001  # the image's
SECRETS = "/run/secrets/bookstore"
AUTHORITY = "/run/authority"
COVERS = "/var/lib/bookstore/covers"
# By Python, since the image has neither curl nor wget.
FETCH = f"import urllib.request as r; r.urlretrieve('{RDS_AUTHORITIES}', '{AUTHORITY}/database-ca.pem')"


@dataclass(frozen=True, kw_only=True)
class BookStorePod:
    """What all pods of the shop's image have in common.

    Args:
        image: the reference of the image.
        database: the shop's.
        covers: the name of the claim on the volume for cover pictures.
        secret: the Secret with the keys `session-key`, `database-password` and, unless the database is in
            RDS, `database-ca.pem`.
        settings: more environment variables.
    """

    image: pulumi.Input[str]
    database: DatabaseConnection
    covers: pulumi.Input[str]
    secret: pulumi.Input[str]
    settings: Mapping[str, pulumi.Input[str]]

    def template(
        self, pods: Pods, container: Manifest, *, volumes: Sequence[Manifest] = (), **fields: object
    ) -> Manifest:
        """Return the template of pods with one container; their service account has the same name.

        Args:
            pods: how edges call them.
            container: what differs from the other containers of the image.
            volumes: besides those of every pod.
            fields: more fields of the pod's specification.
        """
        container = {
            "name": pods.app,
            **self._image,
            "env": self._environment,
            "securityContext": container_security_context(),
            **container,
            "volumeMounts": [*self._mounts, *container.get("volumeMounts", [])],
        }
        spec: Manifest = {
            **restricted_pod(pods.app, pod_security_context(UID)),
            "containers": [container],
            "topologySpreadConstraints": spread(pods.labels, ZONE, NODE),
            "volumes": [
                secret_volume("secrets", self.secret),
                {"name": "covers", "persistentVolumeClaim": {"claimName": self.covers}},
                *volumes,
            ],
            **fields,
        }
        if self._fetches_authority:
            spec["initContainers"] = [self._fetch(container["resources"])]
            spec["volumes"].append(empty_dir("authority", "1Mi"))
        return {"metadata": {"labels": pods.labels}, "spec": spec}

    @property
    def _fetches_authority(self) -> bool:
        return self.database.authority is None

    @property
    def _image(self) -> Manifest:
        # An image without a registry in its name was loaded into the cluster. Docker Hub may have one of the
        # same name, which is somebody else's.
        image = pulumi.Output.from_input(self.image)
        return {
            "image": self.image,
            "imagePullPolicy": image.apply(lambda name: "IfNotPresent" if "/" in name else "Never"),
        }

    @property
    def _environment(self) -> list[Manifest]:
        """Return the environment, in which every secret is the name of a file."""
        authority = AUTHORITY if self._fetches_authority else SECRETS
        return environment(
            {
                "SECRET_KEY_FILE": f"{SECRETS}/session-key",
                "DB_HOST": self.database.host,
                "DB_NAME": self.database.db_name,
                "DB_USER": self.database.user,
                "DB_PASS_FILE": f"{SECRETS}/database-password",
                "DB_SSL_CA": f"{authority}/database-ca.pem",
                "COVERS_DIR": COVERS,
                **self.settings,
            }
        )

    @property
    def _mounts(self) -> list[Manifest]:
        mounts: list[Manifest] = [
            {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
            {"name": "covers", "mountPath": COVERS},
        ]
        if self._fetches_authority:
            mounts.append({"name": "authority", "mountPath": AUTHORITY, "readOnly": True})
        return mounts

    def _fetch(self, resources: Manifest) -> Manifest:
        """Return the container that downloads the certificates of RDS's authorities."""
        return {
            "name": "authority",
            **self._image,
            "command": ["python3", "-c", FETCH],
            "resources": resources,
            "securityContext": container_security_context(),
            "volumeMounts": [{"name": "authority", "mountPath": AUTHORITY}],
        }
