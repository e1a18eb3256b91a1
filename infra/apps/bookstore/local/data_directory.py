"""The data directory: the one place on this machine that holds what the user must not lose."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra import remedy
from infra.components.local.dynamic_resource import LocalResource, Properties, Provider
from infra.errors import DeploymentError


@dataclass(frozen=True)
class DataLayout:
    """Where things lie in a data directory.

    Args:
        root: the data directory, absolute.
    """

    root: Path

    @property
    def marker(self) -> Path:
        """The file that tells a data directory from any other."""
        return self.root / ".bookstore-data"

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.root / "bookstore.sqlite3"

    @property
    def covers(self) -> Path:
        """The uploaded covers."""
        return self.root / "covers"

    @property
    def log(self) -> Path:
        """What the server and the application write."""
        return self.root / "logs" / "server.log"

    @property
    def manager_log(self) -> Path:
        """What supervisord writes: starts, exits and restarts of the server."""
        return self.root / "logs" / "supervisord.log"

    @property
    def run(self) -> Path:
        """What is written anew whenever the server is settled; nothing in it is the user's."""
        return self.root / "run"

    @property
    def session_key(self) -> Path:
        """The key that signs sessions, readable by its owner only."""
        return self.run / "session.key"

    @property
    def release(self) -> Path:
        """Names what the workers that last started have loaded."""
        return self.run / "release"

    @property
    def address(self) -> Path:
        """Names the address and port that the server was last told to listen on."""
        return self.run / "address"


class DataDirectoryProvider(Provider):
    """Makes a data directory; never takes one away."""

    replaced_by = ("path",)

    def settle(self, inputs: Properties) -> dict[str, Any]:
        """Make the directory, or find it usable."""
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
            raise _unusable(layout.root, f"cannot be written ({error.strerror}: {error.filename})") from None
        return {"ready": inputs["path"]}

    def drift(self, outputs: Properties) -> str:
        """Notice a directory that was removed or that cannot be written any more."""
        layout = DataLayout(Path(outputs["path"]))
        needed = (layout.root, layout.covers, layout.log.parent, layout.run)
        usable = layout.marker.exists() and all(os.access(directory, os.W_OK) for directory in needed)
        return "" if usable else f"{layout.root} is no longer a usable data directory"


def _unusable(root: Path, why: str) -> DeploymentError:
    return DeploymentError(
        f"The data directory {root} {why}",
        "choose a directory of your own that is new or empty: "
        + remedy.setting(None, {"dataDirectory": "PATH"}),
    )


class DataDirectory(LocalResource):
    """A data directory, marked by `.bookstore-data`; `pulumi destroy` leaves it untouched.

    Args:
        path: the directory, absolute; its parents are made too.
    """

    ready: pulumi.Output[str]  # the path, once the directory is there

    def __init__(self, name: str, path: Path, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(DataDirectoryProvider(), name, {"path": str(path)}, ("ready",), opts)
