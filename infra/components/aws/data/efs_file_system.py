"""A file system that several servers share: EFS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.iam.grant import Grant
from infra.components.aws.network.network import NetworkRef
from infra.components.aws.network.security_group import security_group


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A directory that an access point shows to its clients as the root of the file system.

    Args:
        path: in the file system, such as `/covers`; EFS creates it at first use.
        uid: the user id and group id that all access through the access point has.
    """

    path: str
    uid: int


@dataclass(frozen=True, kw_only=True)
class EfsFileSystemArgs:
    """Arguments for `EfsFileSystem`.

    Args:
        network: one with isolated subnets; each gets a mount target.
        directories: by name; each gets an access point.
        require_iam: whether clients need a role with the grant `mount`; otherwise whoever has an edge to the
            file system may mount it.
        retain_data: keep the file system when the stack is destroyed, for 0.30 USD per GB and month.
    """

    network: NetworkRef
    directories: Mapping[str, Directory]
    require_iam: bool = True
    retain_data: bool


class EfsFileSystem(pulumi.ComponentResource):
    """An EFS file system: encrypted, backed up daily, reachable over TLS only.

    A file that nobody reads for 30 days moves to a storage class at a twentieth of the price.
    """

    id: pulumi.Output[str]
    access_points: Mapping[str, pulumi.Output[str]]
    mount: Grant
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: EfsFileSystemArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:EfsFileSystem", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # The policies that protect the files stay as long as the files.
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=args.retain_data)
        group = security_group(name, args.network.vpc_id, self)
        files = aws.efs.FileSystem(
            name,
            encrypted=True,
            performance_mode="generalPurpose",
            throughput_mode="bursting",
            lifecycle_policies=[
                aws.efs.FileSystemLifecyclePolicyArgs(transition_to_ia="AFTER_30_DAYS"),
                aws.efs.FileSystemLifecyclePolicyArgs(transition_to_primary_storage_class="AFTER_1_ACCESS"),
            ],
            tags={"Name": name},
            opts=retained,
        )
        aws.efs.BackupPolicy(
            name,
            file_system_id=files.id,
            backup_policy=aws.efs.BackupPolicyBackupPolicyArgs(status="ENABLED"),
            opts=retained,
        )
        aws.efs.FileSystemPolicy(
            name,
            file_system_id=files.id,
            policy=_policy(files.arn, require_iam=args.require_iam),
            opts=retained,
        )
        targets = [
            aws.efs.MountTarget(
                f"{name}-{number}",
                file_system_id=files.id,
                subnet_id=subnet_id,
                security_groups=[group.id],
                opts=child_opts,
            )
            for number, subnet_id in enumerate(args.network.isolated_subnet_ids)
        ]
        # Known only after the mount targets exist: whoever has the id can mount the file system.
        self.id = pulumi.Output.all(files.id, *(target.id for target in targets)).apply(
            lambda ids: str(ids[0])
        )
        points = {
            key: _access_point(f"{name}-{key}", directory, files, retained)
            for key, directory in args.directories.items()
        }
        self.access_points = {key: point.id for key, point in points.items()}
        self.mount = Grant(
            actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            resources=[files.arn],
            conditions={
                "StringEquals": {"elasticfilesystem:AccessPointArn": [point.arn for point in points.values()]}
            },
        )
        self.security_group_id = group.id
        self.register_outputs(
            {
                "id": self.id,
                "access_points": self.access_points,
                "security_group_id": self.security_group_id,
            }
        )


def _access_point(
    name: str, directory: Directory, files: aws.efs.FileSystem, opts: pulumi.ResourceOptions
) -> aws.efs.AccessPoint:
    return aws.efs.AccessPoint(
        name,
        file_system_id=files.id,
        posix_user=aws.efs.AccessPointPosixUserArgs(uid=directory.uid, gid=directory.uid),
        root_directory=aws.efs.AccessPointRootDirectoryArgs(
            path=directory.path,
            creation_info=aws.efs.AccessPointRootDirectoryCreationInfoArgs(
                owner_uid=directory.uid, owner_gid=directory.uid, permissions="750"
            ),
        ),
        tags={"Name": name},
        opts=opts,
    )


def _policy(arn: pulumi.Output[str], *, require_iam: bool) -> pulumi.Output[str]:
    """Return the file system's policy. Without an Allow, each client needs a role that allows the mount."""
    statements: Sequence[dict[str, object]] = [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    anybody = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": arn,
        "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    }
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [*statements, *([] if require_iam else [anybody])]}
    )
