"""The file system that all servers share: a machine that serves one directory, as EFS serves an access point.

It is GlusterFS, whose client needs only FUSE: not every kernel can mount NFS. What matters is as on EFS: the
files are on another machine, every client sees what the others wrote, a lock of one client excludes the
others, and all clients act as one user.
"""

from tests.boot.machine import Machine
from tests.infra.capture import Resource

PORT = 2049
SHARED = "/srv/files"


def serve(machine: Machine, access_point: Resource, name: str) -> None:
    """Let a machine serve what the stage's access point says, known to clients as `name`."""
    machine.write("/etc/files.vol", _volume(access_point, name))
    root = access_point.inputs["rootDirectory"]
    made = root["creationInfo"]
    directory = f"{SHARED}{root['path']}"
    machine.shell(f"""
        rm --force /etc/apt/sources.list.d/*
        echo 'deb [trusted=yes] file:/packages ./' >/etc/apt/sources.list
        apt-get --quiet --quiet update
        apt-get --quiet --quiet --yes --no-install-recommends install glusterfs-client
        mkfs.xfs -q /dev/xvdf
        mkdir {SHARED}
        mount /dev/xvdf {SHARED}
        install --directory --owner {made["ownerUid"]} --group {made["ownerGid"]} \
          --mode {made["permissions"]} {directory}
        glusterfsd --volfile=/etc/files.vol --log-file=/var/log/files.log
    """)


def _volume(access_point: Resource, name: str) -> str:
    user = access_point.inputs["posixUser"]
    return f"""\
volume directory
  type storage/posix
  option directory {SHARED}{access_point.inputs["rootDirectory"]["path"]}
end-volume

volume {name}
  type features/locks
  subvolumes directory
end-volume

volume server
  type protocol/server
  option transport-type tcp
  option transport.socket.listen-port {PORT}
  option auth.addr.{name}.allow *
  option all-squash on
  option anonuid {user["uid"]}
  option anongid {user["gid"]}
  subvolumes {name}
end-volume
"""
