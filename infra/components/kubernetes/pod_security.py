"""What each container of the shop has in common: no right that it does not need.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from dataclasses import dataclass

from pulumi_kubernetes.core.v1 import (
    CapabilitiesArgs,
    EmptyDirVolumeSourceArgs,
    PodSecurityContextArgs,
    ResourceRequirementsArgs,
    SeccompProfileArgs,
    SecurityContextArgs,
    VolumeArgs,
)


@dataclass(frozen=True, kw_only=True)
class ContainerResources:
    """What one container is promised and where it is stopped.

    Args:
        cpu: promised, in thousandths of a processor; it may take what nobody else wants.
        memory: promised, in MiB.
        most_memory: at which it is killed, in MiB.
    """

    cpu: int
    memory: int
    most_memory: int

    @property
    def resources(self) -> ResourceRequirementsArgs:
        """Return it as Kubernetes takes it."""
        return ResourceRequirementsArgs(
            requests={"cpu": f"{self.cpu}m", "memory": f"{self.memory}Mi"},
            limits={"memory": f"{self.most_memory}Mi"},
        )


def pod_security(user: int) -> PodSecurityContextArgs:
    """Return the rights of a pod whose processes, and whose files in volumes, are this user's."""
    return PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        # A volume full of files is not walked through at each start.
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> SecurityContextArgs:
    """Return the rights of a container: none, and nothing of its image can be written over."""
    return SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=CapabilitiesArgs(drop=["ALL"]),
    )


def scratch(name: str, size: str, *, in_memory: bool = False) -> VolumeArgs:
    """Return a volume that lives as long as its pod; in memory it counts as the container's."""
    return VolumeArgs(
        name=name,
        empty_dir=EmptyDirVolumeSourceArgs(size_limit=size, medium="Memory" if in_memory else None),
    )
