"""The data directory: all that the user must not lose."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra import remedy
from infra.components.local.dynamic_resource import LocalProvider, LocalResource, Properties
from infra.errors import DeploymentError


@dataclass(frozen=True)
class DataLayout:
    """The paths in a data directory.

    Args:
        root: the data directory, absolute.
    """

    root: Path

    @property
    def marker(self) -> Path:
        """Return the file that marks a data directory."""
        return self.root / ".bookstore-data"

    @property
    def database(self) -> Path:
        """Return the SQLite database."""
        return self.root / "bookstore.sqlite3"

    @property
    def covers(self) -> Path:
        """Return the directory of uploaded covers."""
        return self.root / "covers"

    @property
    def log(self) -> Path:
        """Return the log of the server and the application."""
        return self.root / "logs" / "server.log"

    @property
    def manager_log(self) -> Path:
        """Return supervisord's log: starts, exits and restarts of the server."""
        return self.root / "logs" / "supervisord.log"

    @property
    def run(self) -> Path:
        """Return the directory for what each `pulumi up` writes again; it holds no user data."""
        return self.root / "run"

    @property
    def session_key(self) -> Path:
        """Return the file with the session key, readable by its owner only."""
        return self.run / "session.key"

    @property
    def release(self) -> Path:
        """Return the file with the release that the running workers have loaded."""
        return self.run / "release"

    @property
    def address(self) -> Path:
        """Return the file with the address and port that the server last listened on."""
        return self.run / "address"


class DataDirectoryProvider(LocalProvider):
    """Creates data directories and never deletes one."""

    replace_on_changes = ("path",)

    def reconcile(self, inputs: Properties) -> dict[str, Any]:
        """Create the directory, or check that it is usable."""
        layout = DataLayout(Path(inputs["path"]))
        try:
            layout.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not layout.marker.exists() and any(layout.root.iterdir()):
                raise _unusable(layout.root, "holds files that are not the BookStore's")
            for directory in (layout.covers, layout.log.parent, layout.run):
                directory.mkdir(mode=0o700, exist_ok=True)
                with tempfile.TemporaryFile(dir=directory):
                    pass
            layout.marker.write_text("The BookStore keeps its database, covers and logs here.\n")
        except OSError as error:
            raise _unusable(layout.root, f"is not writable ({error.strerror}: {error.filename})") from None
        return {"ready": inputs["path"]}

    def drift(self, outputs: Properties) -> str:
        """Check that the directory exists and is writable."""
        layout = DataLayout(Path(outputs["path"]))
        needed = (layout.root, layout.covers, layout.log.parent, layout.run)
        usable = layout.marker.exists() and all(os.access(directory, os.W_OK) for directory in needed)
        return "" if usable else f"{layout.root} is no longer a usable data directory"


def _unusable(root: Path, reason: str) -> DeploymentError:
    return DeploymentError(
        f"The data directory {root} {reason}",
        "choose a directory of your own that is new or empty: "
        + remedy.setting(None, {"dataDirectory": "PATH"}),
    )


class DataDirectory(LocalResource):
    """A data directory, marked by `.bookstore-data`; `pulumi destroy` leaves it untouched.

    Args:
        path: the directory, absolute; missing parents are created too.
    """

    ready: pulumi.Output[str]  # the path, known once the directory exists

    def __init__(self, name: str, path: Path, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(DataDirectoryProvider(), name, {"path": str(path)}, ("ready",), opts)
