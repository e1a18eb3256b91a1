"""An emulated AWS for the tests, started as `make emulator` starts it."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.engine.checkout import free_port

PATIENCE = 120


@dataclass(frozen=True)
class Emulator:
    """A running emulator.

    Args:
        port: on 127.0.0.1.
        said: what it printed until it answered.
        process: its process.
    """

    port: int
    said: str
    process: "subprocess.Popen[str]"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def emulated_aws() -> Iterator[Emulator]:
    """Start an emulator on a free port; stop it as Ctrl-C does and check that it ends in good order."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.emulator"],
        env={**os.environ, "EMULATOR_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Emulator(port, _until_it_answers(process), process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            left, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert (process.returncode, "Traceback" in left) == (0, False), left


def _until_it_answers(process: "subprocess.Popen[str]") -> str:
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    # It prints its last line when it answers. A closed pipe means that it did not start.
    stream = process.stdout

    def read() -> None:
        for line in iter(stream.readline, ""):
            lines.put(line)
            if "Ctrl-C" in line:
                return
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = ""
    while "Ctrl-C" not in said:
        line = lines.get(timeout=PATIENCE)
        assert line, said
        said += line
    return said
