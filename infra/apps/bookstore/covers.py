"""Where the shop keeps its cover pictures on EFS."""

from collections.abc import Mapping

from infra.components.aws.data.efs_file_system import Directory

UID = 10001  # of the user in the shop's image
COVERS: Mapping[str, Directory] = {"covers": Directory(path="/covers", uid=UID)}
