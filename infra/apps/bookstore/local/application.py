"""The application as this machine runs it: its files, its environment, its commands."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.apps.bookstore.local.data_directory import DataLayout
from infra.errors import DeploymentError

INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")
PATIENCE = 120  # seconds for one command on a busy machine
# A cause stands above what gunicorn tells of its end, which is as long again for each worker.
LAST_LINES = 60


@dataclass(frozen=True)
class Application:
    """The package `bookstore` of one checkout, serving one data directory.

    Args:
        checkout: the directory that holds the package.
        data: the data directory.
        chosen: environment variables with the settings that the data directory does not give.
    """

    checkout: Path
    data: Path
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """The application's settings as environment variables; secrets are named by their files."""
        layout = DataLayout(self.data)
        return {
            "FLASK_ENV": "development",
            "DATABASE_FILE": str(layout.database),
            "COVERS_DIR": str(layout.covers),
            "SECRET_KEY_FILE": str(layout.session_key),
            **self.chosen,
        }

    def command(self, *arguments: str, stdin: str = "") -> None:
        """Run `flask --app bookstore ARGUMENTS`.

        Raises:
            DeploymentError: it failed or did not end; with the last lines that it wrote.
        """
        self.run(["flask", "--app", "bookstore", *arguments], f"flask {' '.join(arguments)}", stdin)

    def run(self, module: list[str], called: str, stdin: str = "") -> None:
        """Run a Python module with arguments in the application's environment; `called` names it to the user.

        Raises:
            DeploymentError: it failed or did not end; with the last lines that it wrote.
        """
        try:
            done = subprocess.run(
                [sys.executable, "-m", *module],
                cwd=self.checkout,
                env=environment() | self.settings,
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DeploymentError(
                f"`{called}` did not end within {PATIENCE} seconds", "see what holds it up"
            ) from None
        if done.returncode:
            raise DeploymentError(
                f"The application fails: `{called}` ended with {done.returncode}",
                "mend the application and run `make up` again, your data is untouched. Its last lines:",
                done.stdout.rstrip().splitlines()[-LAST_LINES:],
            )


def environment() -> dict[str, str]:
    """What a process inherits from the user's environment; never Pulumi's passphrase or cloud credentials."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def digest(*paths: Path) -> str:
    """SHA-256 over names and contents of files and directory trees, Python's caches aside."""
    sum_ = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                for part in (str(file.relative_to(path.parent)).encode(), file.read_bytes()):
                    sum_.update(len(part).to_bytes(8) + part)
    return sum_.hexdigest()
