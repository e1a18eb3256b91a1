"""The BookStore as a Python package on this machine: its environment and its commands."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.apps.bookstore.local.data_directory import DataLayout
from infra.errors import DeploymentError

INHERITED_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")
COMMAND_TIMEOUT = 120  # seconds, enough on a busy machine
# The cause comes before the messages of gunicorn's exit, which are long for each worker.
LOG_LINES = 60


@dataclass(frozen=True)
class Application:
    """The package `bookstore` of one checkout, serving one data directory.

    Args:
        checkout: the directory that holds the package.
        data: the data directory.
        extra: more environment variables for the application.
    """

    checkout: Path
    data: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        """Return the application's environment variables; a secret is the name of its file."""
        layout = DataLayout(self.data)
        return {
            "FLASK_ENV": "development",
            "DATABASE_FILE": str(layout.database),
            "COVERS_DIR": str(layout.covers),
            "SECRET_KEY_FILE": str(layout.session_key),
            **self.extra,
        }

    def command(self, *arguments: str, stdin: str = "") -> None:
        """Run `flask --app bookstore ARGUMENTS`.

        Raises:
            DeploymentError: the command failed or took too long; with the last lines of its output.
        """
        self.run(["flask", "--app", "bookstore", *arguments], f"flask {' '.join(arguments)}", stdin)

    def run(self, module: list[str], title: str, stdin: str = "") -> None:
        """Run a Python module with arguments in the application's environment; `title` is for messages.

        Raises:
            DeploymentError: the command failed or took too long; with the last lines of its output.
        """
        try:
            done = subprocess.run(
                [sys.executable, "-m", *module],
                cwd=self.checkout,
                env=environment() | self.variables,
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=COMMAND_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DeploymentError(
                f"`{title}` did not end within {COMMAND_TIMEOUT} seconds", "find out what blocks it"
            ) from None
        if done.returncode:
            raise DeploymentError(
                f"The application does not work: `{title}` failed with exit status {done.returncode}",
                "fix the application and run `make up` again; your data is untouched. Its last lines:",
                done.stdout.rstrip().splitlines()[-LOG_LINES:],
            )


def environment() -> dict[str, str]:
    """Return what a process inherits from the user's environment: no passphrase, no cloud credentials."""
    return {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}


def digest(*paths: Path) -> str:
    """Return the SHA-256 of the names and contents of files and directory trees, without Python's caches."""
    checksum = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                for part in (str(file.relative_to(path.parent)).encode(), file.read_bytes()):
                    checksum.update(len(part).to_bytes(8) + part)
    return checksum.hexdigest()
