"""The BookStore's image without a registry: the Dockerfile's instructions on files of this computer.

The application, the packages and Python are read-only mounts at the same paths as in the image.
"""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.boot import aws, namespaces

STAND_INS = Path(__file__).with_name("stand_ins")
BOOKSTORE = Path(__file__).resolve().parents[2] / "bookstore"
REFERENCE = f"123456789012.dkr.ecr.{aws.REGION}.amazonaws.com/bookstore@sha256:{'5' * 64}"


def lay_out(folder: Path, holder: int) -> None:
    """Make the image in a directory, mounted in the namespaces of the process `holder` and nowhere else."""
    tree = folder / "tree"
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    views = {
        Path("/srv/bookstore"): BOOKSTORE,
        Path("/opt/bookstore/site-packages"): Path(sysconfig.get_path("purelib")),
        Path("/usr"): Path("/usr"),
    }
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        views[Path(sys.base_prefix)] = Path(sys.base_prefix)
    for name in ("proc", "dev/shm", "etc", "run", "var/lib/bookstore", "opt/bookstore/bin"):
        (tree / name).mkdir(parents=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        if (link := Path("/", name)).is_symlink():
            (tree / name).symlink_to(link.readlink())
        elif link.exists():
            views[link] = link
    for target in views:
        (tree / target.relative_to("/")).mkdir(parents=True, exist_ok=True)
    (tree / "var/lib/bookstore").chmod(0o777)
    (tree / "etc/ld.so.cache").write_bytes(Path("/etc/ld.so.cache").read_bytes())
    programs = tree / "opt/bookstore/bin"
    _script(programs / "python3", f'#!/bin/sh\nexec {python} "$@"\n')
    _script(programs / "gunicorn", STAND_INS.joinpath("gunicorn.sh").read_text())
    _script(programs / "migrate-and-serve", "#!/bin/sh\nexec /srv/bookstore/migrate-and-serve.sh\n")
    for device in ("null", "urandom"):
        (tree / "dev" / device).touch()
        views[Path("/dev", device)] = Path("/dev", device)
    (folder / "config.json").write_text(json.dumps(_config()))
    for target, source in views.items():
        place = str(tree / target.relative_to("/"))
        for command in (["mount", "--bind", str(source), place], ["mount", "-o", "remount,bind,ro", place]):
            namespaces.call(namespaces.enter(holder, *command))


def _config() -> dict[str, object]:
    """Return the Dockerfile's environment and command."""
    text = re.sub(r"\\\n\s*", "", (BOOKSTORE / "Dockerfile").read_text())
    final = text.rpartition("\nFROM ")[2]
    settings = re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^ENV (.*)$", final, re.MULTILINE)))
    (command,) = re.findall(r"^CMD (\[.*\])$", final, re.MULTILINE)
    environment = {**dict(settings), "PYTHONPATH": "/srv:/opt/bookstore/site-packages"}
    return {"reference": REFERENCE, "env": environment, "command": json.loads(command)}


def _script(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def packages(folder: Path) -> None:
    """Build stand-ins for packages that cannot run here: Docker, EFS utilities, the CloudWatch agent."""
    _package(
        folder,
        "docker.io",
        {
            "usr/bin/docker": STAND_INS / "docker.py",
            "lib/systemd/system/docker.service": STAND_INS / "docker.service",
        },
    )
    _package(
        folder,
        "amazon-efs-utils",
        {"usr/sbin/mount.efs": STAND_INS / "mount.efs"},
        needs="glusterfs-client",
    )
    control = "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    _package(folder, "amazon-cloudwatch-agent", {control: STAND_INS / "amazon-cloudwatch-agent-ctl"})


def _package(folder: Path, name: str, files: dict[str, Path], needs: str = "dpkg") -> None:
    root = folder / f"{name}.root"
    for target, source in files.items():
        file = root / target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.read_bytes())
        file.chmod(0o755)
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: 99\nArchitecture: all\nMaintainer: tests <root@localhost>\n"
        f"Depends: {needs}\nDescription: stand-in\n"
    )
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", str(root), str(folder / f"{name}.deb")],
        check=True,
        stdout=subprocess.DEVNULL,
    )
