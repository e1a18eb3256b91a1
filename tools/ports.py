"""The port of the local shop: looked at before anything is made, and kept from one run to the next."""

from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import UserError
from tools.settings import StackSettings
from tools.stack import state_directory

if TYPE_CHECKING:
    from infra.config import Dev


def kept(settings: StackSettings, project: Path) -> StackSettings:
    """Return the settings with the port that `make up PORT=...` gave the shop, where it still runs there.

    A port that this run gives goes before, and so does one that was written into the file since.
    """
    memory = _memory(project, settings.stack)
    if settings.gives("port") or not memory.is_file():
        return settings
    given, _, written = memory.read_text().partition(" ")
    if written != settings.get("port") or _address(settings).rpartition(":")[2] != given:
        return settings
    print(
        f"The shop stays on port {given}, where PORT={given} put it; "
        f"PORT={written or 8080} brings it back to that of {settings.file.name}.",
        flush=True,
    )
    return settings.having(f"port={given}")


def remember(settings: StackSettings, project: Path) -> None:
    """Keep in mind the port that this run has given the shop, and the file's that it stands for."""
    memory = _memory(project, settings.stack)
    if settings.local and settings.gives("port"):
        written = StackSettings(settings.stack, settings.file, settings.written).get("port")
        memory.write_text(f"{settings.get('port')} {written}")
    else:
        memory.unlink(missing_ok=True)


def forget(stack: str, project: Path) -> None:
    """Forget where the shop was."""
    _memory(project, stack).unlink(missing_ok=True)


def require(settings: StackSettings, command: str) -> None:
    """Raise UserError when another program holds the shop's port."""
    from infra.components.local.port import Port

    checked = _dev(settings)
    port = Port(checked.host, checked.port)
    address = _address(settings)
    # Whether our own server, or what is left of it, lets go of the port is the deployment's business.
    if address == str(port) or port.is_free():
        return
    free = next(
        (number for number in range(port.number + 1, 65536) if Port(port.host, number).is_free()), 8080
    )
    stack = "" if settings.stack == "dev" else f" STACK={settings.stack}"
    runs = f" The shop runs at {address}." if address else ""
    stay = f", or leave the shop where it runs: PORT={address.rpartition(':')[2]}" if address else ""
    raise UserError(
        f"Another program holds port {port.number} of {port.host}.{runs}",
        f"stop that program, or choose another port: make {command}{stack} PORT={free}{stay}",
    )


def _memory(project: Path, stack: str) -> Path:
    return state_directory(project) / f"{stack}.port"


def _dev(settings: StackSettings) -> "Dev":
    from infra.config import Dev

    if not isinstance(settings.checked, Dev):
        raise TypeError(f"{settings.stage} has no port")
    return settings.checked


def _address(settings: StackSettings) -> str:
    """Return where the shop was last told to listen; empty where it is down."""
    from infra.apps.bookstore.local.data_directory import DataLayout

    file = DataLayout(_dev(settings).data_directory).address
    return file.read_text() if file.exists() else ""
