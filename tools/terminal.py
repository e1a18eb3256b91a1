"""A program in the user's terminal: it keeps its colours and questions, and Ctrl-C is left to it."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def show(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], without: tuple[str, str] | None
) -> int:
    """Run a program to its end; return its exit status.

    Args:
        command: the program and its arguments.
        directory: where it runs.
        environment: all of it.
        without: the first and the last words of a passage that is not to be shown.
    """
    with _interrupt_left_to_child():
        if without is None:
            return subprocess.Popen(command, cwd=directory, env=environment).wait()
        sys.stdout.flush()
        reader, writer = _terminal() if sys.stdout.isatty() else os.pipe()
        child = subprocess.Popen(command, cwd=directory, env=environment, stdout=writer)
        os.close(writer)
        passage = Passage(*without)
        while chunk := _read(reader):
            _write(passage.removed_from(chunk))
        _write(passage.rest())
        os.close(reader)
        return child.wait()


class Passage:
    """A passage that is taken out of a stream, whatever pieces it comes in.

    Args:
        first: its first words.
        last: its last words; the rest of their line goes too.
    """

    def __init__(self, first: str, last: str) -> None:
        self._first, self._last = first.encode(), last.encode()
        self._held = b""

    def removed_from(self, chunk: bytes) -> bytes:
        """Return what can be shown by now."""
        self._held += chunk
        start = self._held.find(self._first)
        if start < 0:
            keep = next(
                size for size in range(len(self._first) - 1, -1, -1) if self._ends_with(self._first[:size])
            )
            shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
            return shown
        last = self._held.find(self._last, start)
        end = self._held.find(b"\n", last) if last >= 0 else -1
        shown, self._held = self._held[:start], self._held[start:] if end < 0 else self._held[end + 1 :]
        return shown

    def rest(self) -> bytes:
        """Return what was held back when the stream has ended."""
        held, self._held = self._held, b""
        return held

    def _ends_with(self, beginning: bytes) -> bool:
        return self._held.endswith(beginning)


def _terminal() -> tuple[int, int]:
    """Make a terminal as wide as the user's."""
    reader, writer = pty.openpty()
    size = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
    fcntl.ioctl(writer, termios.TIOCSWINSZ, size)
    attributes = termios.tcgetattr(writer)
    attributes[1] &= ~termios.OPOST  # the user's own terminal does that
    termios.tcsetattr(writer, termios.TCSANOW, attributes)
    return reader, writer


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 1 << 16)
    except OSError:  # how Linux says that nobody writes any more
        return b""


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


@contextmanager
def _interrupt_left_to_child() -> Iterator[None]:
    """Ctrl-C reaches the program too, which ends in good order; so does this process, after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
