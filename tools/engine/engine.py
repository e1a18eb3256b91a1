"""A Pulumi engine that can run programs in Python, and the environment that it runs in."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OLDEST = (3, 150, 0)


@dataclass(frozen=True)
class Engine:
    """The program `pulumi`; its language host for Python lies beside it or on PATH."""

    executable: Path
    version: str
    why: str

    def __str__(self) -> str:
        return f"Pulumi {self.version}: {self.why}"

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment to start the engine with: this Python first on PATH, then the engine.

        The engine's language host takes the first `python` on PATH; only ours has the program's packages.
        """
        environment = dict(os.environ if base is None else base)
        first = [str(Path(sys.executable).parent), str(self.executable.parent)]
        environment["PATH"] = os.pathsep.join([*first, environment.get("PATH", os.defpath)])
        environment["PULUMI_SKIP_UPDATE_CHECK"] = "true"
        return environment


def version_of(executable: Path) -> tuple[int, ...] | None:
    """Return the version that a `pulumi` says it has; None when it says nothing that can be understood."""
    try:
        answer = subprocess.run(
            [executable, "version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    return tuple(map(int, found.groups())) if found and answer.returncode == 0 else None


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))
