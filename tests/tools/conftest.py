"""Small real programs that stand in for Go and for an installed Pulumi, and a cache of their own."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import preflight
from tools.engine import Engine, find_engine, recipe
from tools.preflight import Request

PATIENCE = 120.0  # seconds; a busy computer takes long for what is instant on an idle one

# As much of the Go command as a build uses. FAKE_GO says how it goes: well, wait, or fail with some words.
GO = """#!/bin/sh
case "$1" in
  env) echo go1.99.0 ;;
  list) printf 'one\\ntwo\\nthree\\n' ;;
  build)
    echo one >&2
    echo "$$" > "$FAKE_GO_DIRECTORY/started.partial"
    mv "$FAKE_GO_DIRECTORY/started.partial" "$FAKE_GO_DIRECTORY/started"
    case "$FAKE_GO" in
      fail*) echo "$FAKE_GO" >&2; exit 1 ;;
      wait) while [ ! -e "$FAKE_GO_DIRECTORY/go-on" ]; do sleep 0.1; done ;;
    esac
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v3.999.0\\n' > "$2"
    chmod 755 "$2"
    echo built >> "$FAKE_GO_DIRECTORY/builds" ;;
esac
"""

# What runs in the background of a shell starts with SIGINT ignored, and so would its children.
FINDER = """
import signal
from tools.engine import find_engine
signal.signal(signal.SIGINT, signal.default_int_handler)
print(find_engine(say=lambda line: print(line, flush=True), sources=()))
"""


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail when it never does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what was waited for has not happened"
        time.sleep(0.05)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@dataclass(frozen=True)
class Machine:
    """A user's machine in small: programs on PATH, a cache, a Go that obeys."""

    root: Path

    @property
    def programs(self) -> Path:
        return self.root / "bin"

    @property
    def engines(self) -> Path:
        return self.root / "cache" / "bookstore-on-pulumi" / "engine"

    @property
    def started(self) -> Path:
        """Holds the number of the Go process once a build runs."""
        return self.root / "started"

    @property
    def builds(self) -> int:
        log = self.root / "builds"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def let_go_on(self) -> None:
        (self.root / "go-on").touch()

    def install_pulumi(self, version: str, host: bool = True) -> Path:
        directory = self.root / "installed"
        if host:
            program(directory / "pulumi-language-python", "#!/bin/sh\n")
        os.environ["PATH"] = f"{directory}{os.pathsep}{os.environ['PATH']}"
        return program(directory / "pulumi", f"#!/bin/sh\necho {version}\n")

    def left(self) -> list[str]:
        """What lies where engines are kept, the locks' empty files aside."""
        return [path.name for path in self.engines.glob("*") if path.suffix != ".lock"]

    def kept(self) -> Path:
        return self.engines / recipe.name() / "bin" / "pulumi"

    def start_finder(self) -> "subprocess.Popen[str]":
        """A process that looks for an engine, with no source of downloads."""
        return subprocess.Popen(
            [sys.executable, "-c", FINDER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    program(made.programs / "go", GO)
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_GO_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("FAKE_GO", "well")
    return made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes the extras that a preflight would install, and the plugins that it would ask for."""
    asked: list[str] = []
    monkeypatch.setattr("tools.environment.packages.install", asked.append)
    monkeypatch.setattr("tools.preflight.find_engine", lambda: pytest.fail("an engine is set up"))
    monkeypatch.setattr("tools.plugins.require", lambda extras, _: asked.append(f"plugins of {extras}"))
    return asked


def check(command: str, stack: str, endpoint: str | None = None) -> None:
    """Look at all that a command needs, in this checkout."""
    preflight.check(Request.of(command, stack, endpoint))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the real engine, as `make test` has set it up."""
    return find_engine()
