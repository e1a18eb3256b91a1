"""The base system of the test machines: Debian or Ubuntu from debootstrap, made once and cached.

Beside it is a repository with the packages that the boot scripts install, as the machines have no Internet.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What Ubuntu's cloud image contains, as far as it is used here, and what the scripts install everywhere.
BORN_WITH = (
    *("awscli", "ca-certificates", "curl", "iproute2", "logrotate", "procps", "python3", "xfsprogs"),
)
INSTALLED_AT_BOOT = ("mariadb-server", "nginx", "certbot", "glusterfs-client")
LAYOUT = "1"  # raise it when this file makes the base in another way


@dataclass(frozen=True)
class Mirror:
    """The address of a distribution; without one, debootstrap uses its default."""

    address: str | None
    suite: str
    components: tuple[str, ...]


def base() -> Path:
    """Return the system's directory, with the repository in `packages`. The first call takes minutes."""
    mirror = _mirror()
    wanted = repr((LAYOUT, mirror, BORN_WITH, INSTALLED_AT_BOOT))
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bookstore-on-pulumi" / "machines"
    )
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / f"{mirror.suite}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    with _alone(cache / "lock"):
        if not root.exists():
            unfinished = root.with_suffix(".unfinished")
            # Only this function mounts anything below, and it has unmounted it or died with the mounts.
            shutil.rmtree(unfinished, ignore_errors=True)
            _make(unfinished, mirror)
            unfinished.rename(root)
    return root


def index(folder: Path) -> None:
    """Make a directory of packages a repository that apt reads as `deb [trusted=yes] file:FOLDER ./`."""
    entries = []
    for package in sorted(folder.glob("*.deb")):
        control = _output("dpkg-deb", "--field", str(package)).strip()
        with package.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = package.stat().st_size
        entries.append(f"{control}\nFilename: ./{package.name}\nSize: {size}\nSHA256: {digest}\n")
    (folder / "Packages").write_text("\n".join(entries))


def _mirror() -> Mirror:
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    if release["ID"] == "ubuntu":
        # The Ubuntu release of the stages' machines, whatever this computer runs.
        return Mirror(None, "jammy", ("main", "universe"))
    suite = release["VERSION_CODENAME"].strip('"')
    targets = _output(
        "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"
    )
    found = [line.split() for line in targets.splitlines()]
    of_suite = [(address, component) for address, name, component in found if name == suite]
    if not of_suite:
        raise RuntimeError(f"no source in /etc/apt has the suite {suite} that this machine runs")
    address = of_suite[0][0]
    return Mirror(address, suite, tuple(sorted({part for where, part in of_suite if where == address})))


def _make(root: Path, mirror: Mirror) -> None:
    components = ",".join(mirror.components)
    _run(
        *("debootstrap", "--variant=minbase", f"--components={components}", mirror.suite),
        *(str(root), *([mirror.address] if mirror.address else [])),
    )
    kept = {Path("/etc/resolv.conf"): "etc/resolv.conf"}
    for there, here in kept.items():
        shutil.copyfile(there, root / here)
    # This computer's own way to its mirror, such as a proxy.
    settings = _output("apt-config", "dump", "Acquire").splitlines()
    proxies = [line for line in settings if "Proxy" in line.split(" ", 1)[0]]
    (root / "etc/apt/apt.conf.d/99proxy").write_text("\n".join([*proxies, ""]))
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # no service starts there
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    apt = ("chroot", str(root), "apt-get", "--quiet", "--yes", "--no-install-recommends")
    _run(*apt, "update")
    _run(*apt, "install", *BORN_WITH)
    _run(*apt, "clean")
    _run(*apt, "--download-only", "install", *INSTALLED_AT_BOOT)
    packages = root / "packages"
    packages.mkdir()
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.rename(packages / package.name)
    index(packages)
    shutil.rmtree(root / "var/lib/apt/lists")
    (root / "etc/apt/apt.conf.d/99proxy").unlink()
    (root / "etc/resolv.conf").write_text("")


def _run(*command: str) -> None:
    # In a mount namespace of its own: what debootstrap mounts is gone with it, however it ends.
    done = subprocess.run(
        ["unshare", "--mount", "--", *command],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")


def _output(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
