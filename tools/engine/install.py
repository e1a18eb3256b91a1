"""How an engine gets into its place: all at once, by one process at a time."""

import fcntl
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tools.errors import UserError


@contextmanager
def installing(target: Path, say: Callable[[str], None]) -> Iterator[Path | None]:
    """Yield a directory to fill that becomes `target` when the block ends well and vanishes when it does not.

    Only one process of this user's fills it: another one waits, and gets None when the first has succeeded.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = (target.parent / f"{target.name}.lock").open("w")
    except OSError as error:
        raise UserError(
            f"{target.parent} cannot be written: {error.strerror}.",
            "make it writable, or set XDG_CACHE_HOME to a directory that is",
        ) from error
    with lock, _terminating_as_interrupt():
        _acquire(lock.fileno(), say)
        if target.exists():
            yield None
            return
        for leftover in target.parent.glob(f"{target.name}.partial-*"):  # of a process that was killed
            shutil.rmtree(leftover)
        partial = Path(tempfile.mkdtemp(prefix=f"{target.name}.partial-", dir=target.parent))
        try:
            yield partial
            partial.chmod(0o755)
            partial.replace(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _acquire(lock: int, say: Callable[[str], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("  Another checkout is setting up the engine right now; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)


@contextmanager
def _terminating_as_interrupt() -> Iterator[None]:
    """Have SIGTERM unwind like Ctrl-C does, so that what is half done is cleared away."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
