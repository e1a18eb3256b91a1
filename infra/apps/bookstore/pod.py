"""The pod of the BookStore's image, which serves, or runs one of the shop's commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from infra.components.kubernetes.database_connection import RDS_AUTHORITIES, DatabaseConnection
from infra.components.kubernetes.pod_security import container_security, pod_security, scratch

USER = 10001  # the image's
SECRETS = "/run/secrets/bookstore"
AUTHORITY = "/run/authority"
COVERS = "/var/lib/bookstore/covers"
# Python's own, since the image has neither curl nor wget.
FETCH = f"import urllib.request as r; r.urlretrieve('{RDS_AUTHORITIES}', '{AUTHORITY}/database-ca.pem')"


@dataclass(frozen=True, kw_only=True)
class BookStorePod:
    """What all pods of the shop's image have in common.

    Args:
        image: the reference of the image.
        database: where the shop keeps everything but cover pictures.
        covers: the claim on the volume for those.
        secret: the Secret with the files `session-key`, `database-password` and, unless RDS is the database,
            `database-ca.pem`.
        settings: what else its environment says.
    """

    image: pulumi.Input[str]
    database: DatabaseConnection
    covers: pulumi.Input[str]
    secret: pulumi.Input[str]
    settings: Mapping[str, pulumi.Input[str]]

    def template(
        self,
        app: str,
        container: core.ContainerArgs,
        *,
        grace: int = 30,
        restart: str | None = None,
        volumes: Sequence[core.VolumeArgs] = (),
    ) -> core.PodTemplateSpecArgs:
        """Return a template of pods called `app`, as is their service account, with one container."""
        fetched = self.database.authority is None
        return core.PodTemplateSpecArgs(
            metadata=ObjectMetaArgs(labels={"app": app}),
            spec=core.PodSpecArgs(
                service_account_name=app,
                automount_service_account_token=False,
                # Variables for each Service around would only tell who breaks in where to go next.
                enable_service_links=False,
                security_context=pod_security(USER),
                termination_grace_period_seconds=grace,
                restart_policy=restart,
                init_containers=[self._fetch(container)] if fetched else None,
                containers=[container],
                topology_spread_constraints=[
                    core.TopologySpreadConstraintArgs(
                        max_skew=1,
                        topology_key=where,
                        when_unsatisfiable="ScheduleAnyway",
                        label_selector=LabelSelectorArgs(match_labels={"app": app}),
                    )
                    for where in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
                ],
                volumes=[
                    core.VolumeArgs(
                        name="secrets",
                        secret=core.SecretVolumeSourceArgs(secret_name=self.secret, default_mode=0o440),
                    ),
                    core.VolumeArgs(
                        name="covers",
                        persistent_volume_claim=core.PersistentVolumeClaimVolumeSourceArgs(
                            claim_name=self.covers
                        ),
                    ),
                    *([scratch("authority", "1Mi")] if fetched else []),
                    *volumes,
                ],
            ),
        )

    @property
    def pull_policy(self) -> pulumi.Output[str]:
        """Return when the image is fetched: never one that no registry is named for.

        The cluster has been given it, and what Docker Hub has under that name is a stranger's.
        """
        image = pulumi.Output.from_input(self.image)
        return image.apply(lambda name: "IfNotPresent" if "/" in name else "Never")

    @property
    def environment(self) -> list[core.EnvVarArgs]:
        """Return the environment: everything secret in it is the name of a file."""
        place = SECRETS if self.database.authority is not None else AUTHORITY
        settings = {
            "SECRET_KEY_FILE": f"{SECRETS}/session-key",
            "DB_HOST": self.database.host,
            "DB_NAME": self.database.schema,
            "DB_USER": self.database.user,
            "DB_PASS_FILE": f"{SECRETS}/database-password",
            "DB_SSL_CA": f"{place}/database-ca.pem",
            "COVERS_DIR": COVERS,
            **self.settings,
        }
        return [core.EnvVarArgs(name=name, value=value) for name, value in settings.items()]

    @property
    def mounts(self) -> list[core.VolumeMountArgs]:
        """Return where the container finds its files."""
        mounts = [
            core.VolumeMountArgs(name="secrets", mount_path=SECRETS, read_only=True),
            core.VolumeMountArgs(name="covers", mount_path=COVERS),
        ]
        if self.database.authority is None:
            mounts.append(core.VolumeMountArgs(name="authority", mount_path=AUTHORITY, read_only=True))
        return mounts

    def _fetch(self, container: core.ContainerArgs) -> core.ContainerArgs:
        return core.ContainerArgs(
            name="authority",
            image=self.image,
            image_pull_policy=self.pull_policy,
            command=["python3", "-c", FETCH],
            resources=container.resources,
            security_context=container_security(),
            volume_mounts=[core.VolumeMountArgs(name="authority", mount_path=AUTHORITY)],
        )
