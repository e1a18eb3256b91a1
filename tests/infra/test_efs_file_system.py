"""What we chose for EFS."""

import pytest

from infra.components.aws.data.efs_file_system import Directory, EfsFileSystem, EfsFileSystemArgs
from infra.components.aws.network.network import Network, NetworkArgs
from tests.infra.capture import Capture, capture, policy_of

FILES, POINT = "aws:efs/fileSystem:FileSystem", "aws:efs/accessPoint:AccessPoint"


def built(*, require_iam: bool = True, retain_data: bool = True) -> Capture:
    """Build a file system with one directory, and a role that may mount it."""

    def program() -> None:
        network = Network("net", NetworkArgs(availability_zones=3, isolated_subnets=True))
        EfsFileSystem(
            "files",
            EfsFileSystemArgs(
                network=network,
                directories={"covers": Directory(path="/covers", uid=10001)},
                require_iam=require_iam,
                retain_data=retain_data,
            ),
        )

    return capture(program, stack="blocks")


@pytest.fixture(scope="module")
def files() -> Capture:
    """A file system as most stages have it."""
    return built()


def test_it_is_encrypted_backed_up_and_in_each_zone(files: Capture) -> None:
    (system,) = files.of(FILES)
    assert (system.inputs["encrypted"], system.inputs["performanceMode"]) == (True, "generalPurpose")
    (backup,) = files.of("aws:efs/backupPolicy:BackupPolicy")
    assert backup.inputs["backupPolicy"] == {"status": "ENABLED"}
    targets = files.of("aws:efs/mountTarget:MountTarget")
    assert [target.inputs["subnetId"] for target in targets] == [
        f"net-isolated-{number}-id" for number in range(3)
    ]
    assert all(target.inputs["securityGroups"] == ["files-id"] for target in targets)


def test_whoever_enters_is_the_directorys_user(files: Capture) -> None:
    point = files.one(POINT, "files-covers").inputs
    assert point["posixUser"] == {"uid": 10001, "gid": 10001}
    assert point["rootDirectory"] == {
        "path": "/covers",
        "creationInfo": {"ownerUid": 10001, "ownerGid": 10001, "permissions": "750"},
    }


def test_plain_nfs_is_refused_and_nobody_enters_unsigned(files: Capture) -> None:
    (statement,) = policy_of(files.one("aws:efs/fileSystemPolicy:FileSystemPolicy", "files"))
    assert (statement["Effect"], statement["Action"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_unsigned_clients_are_let_in_where_that_is_chosen() -> None:
    denied, allowed = policy_of(
        built(require_iam=False).one("aws:efs/fileSystemPolicy:FileSystemPolicy", "files")
    )
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
    assert "elasticfilesystem:ClientRootAccess" not in allowed["Action"]


@pytest.mark.parametrize("retain_data", [True, False])
def test_files_outlive_the_stack_with_what_guards_them_if_they_are_kept(retain_data: bool) -> None:
    retained = {
        found.type.split("/")[0] for found in built(retain_data=retain_data).resources if found.retained
    }
    assert retained == ({"aws:efs"} if retain_data else set())
    mounts = built(retain_data=retain_data).of("aws:efs/mountTarget:MountTarget")
    assert not any(mount.retained for mount in mounts), "a mount target would retain_data the network"
