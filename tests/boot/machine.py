"""A test machine: a Linux system in namespaces of its own, with a disk, a data volume and an address."""

import fcntl
import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.boot import namespaces
from tests.boot.image import STAND_INS
from tests.boot.network import Network
from tests.boot.patience import until

VOLUME_BYTES = 1024**3  # the file has holes; XFS takes no less than 300 MiB


class Volume:
    """A block device that outlives machines; the kernel frees it when nobody has it open any more."""

    def __init__(self, file: Path) -> None:
        with file.open("wb") as image:
            image.truncate(VOLUME_BYTES)
        self.device = namespaces.call(["losetup", "--find", "--show", str(file)]).strip()
        file.unlink()
        self._open = os.open(self.device, os.O_RDONLY)
        fcntl.fcntl(self._open, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        # It is in use, so this only marks it: it is removed with its last user.
        namespaces.call(["losetup", "--detach", self.device])

    def close(self) -> None:
        """Close it."""
        os.close(self._open)


class Machine:
    """A machine in the network, off until `start`."""

    pid: int

    def __init__(
        self,
        name: str,
        network: Network,
        system: Sequence[Path],
        packages: Path,
        image: Path | None = None,
        public: str | None = None,
    ) -> None:
        """Make its disk from the layers of `system`, the upper first; `image` is the shop's."""
        self.name, self.network, self._packages = name, network, packages
        self._system, self._image, self._public = system, image, public
        self._disk = network.disks / name
        self.volume = Volume(network.folder / f"{name}.volume")
        self._log = (network.folder / f"{name}.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        """Return the path of its file system, as seen from outside."""
        return Path(f"/proc/{self.pid}/root")

    @property
    def is_on(self) -> bool:
        """Return whether it runs."""
        return self._process is not None

    def start(self) -> None:
        """Start it: its enabled services start by themselves."""
        system = ":".join(map(str, self._system))
        parts = [system, self._disk, STAND_INS, self._packages, self.network.hosts, self.volume.device]
        parts += [self._image] if self._image else []
        inside = namespaces.leave("sh", str(STAND_INS / "assemble.sh"), *map(str, parts))
        around = namespaces.enter(self.network.pid, *inside, kinds=("mount", "pid", "ipc", "uts"))
        self._process = namespaces.begin(around, self._log)
        self.pid = namespaces.first_process(self._process, depth=2)
        self.network.connect(self.name, self.pid, self._public)
        assert self._process.stdin
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        until(self._is_up, f"{self.name} to be up")

    def _is_up(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name}: {Path(self._log.name).read_text()[-2000:]}")
        return (self.root / "run/init.sock").exists()

    def cut_power(self) -> None:
        """Kill all its processes; its disk and its volume stay."""
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    @property
    def snapshot(self) -> Path:
        """Return its disk's changes to the base system, as a layer for other machines, once it is off."""
        return self._disk / "upper"

    def new_disk(self) -> None:
        """Replace the machine, which is off, by another one with the same volume."""
        self.network.run("rm", "--recursive", "--force", str(self._disk))

    def close(self) -> None:
        """Stop it for good."""
        self.cut_power()
        self.volume.close()
        self._log.close()

    def run(self, *command: str, given: str | None = None, seconds: float = 300) -> str:
        """Return what a command prints, run as root. Raises RuntimeError when it fails."""
        return namespaces.call(
            namespaces.enter(self.pid, *command, kinds=(*namespaces.ALL, "root")), given, seconds
        )

    def shell(self, script: str, *, with_scripts: bool = False) -> str:
        """Return what a bash script prints; `with_scripts` gives it the functions of the boot scripts."""
        sourced = "source /usr/local/lib/bookstore/machine/machine.sh\n" if with_scripts else ""
        return self.run("bash", "-euo", "pipefail", "-c", sourced + script)

    def doors(self) -> set[tuple[str, int]]:
        """Return the addresses and ports with a listener."""
        lines = self.run("ss", "--no-header", "--listening", "--numeric", "--tcp").splitlines()
        found = (re.match(r"LISTEN +\d+ +\d+ +(\S+):(\d+) ", line) for line in lines)
        return {(one[1], int(one[2])) for one in found if one}

    def state(self) -> str:
        """Return the content of the files that boot scripts write, and the serving processes."""
        return self.shell("""
            for folder in /etc /usr/local /var/lib/bookstore; do
              [[ ! -d $folder ]] || find $folder -type f -exec sha256sum {} + | sort --key 2
            done
            pgrep --full --list-full '^(nginx: |/usr/sbin/mariadbd|[^ ]+ -m gunicorn )'
        """)

    def write(self, path: str, text: str) -> None:
        """Write a file on it."""
        file = self.root / path.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
