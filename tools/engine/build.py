"""The build of the engine from its Go module, for networks that do not reach the official download."""

import os
import shutil
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.engine import recipe, toolchain
from tools.engine.progress import Progress
from tools.errors import UserError

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
NEEDED = 4 << 30  # bytes on the disk: modules 1.6 GB, build cache 1.6 GB, and what the linker writes
SHOWN = 12  # lines of Go's own words when it fails
KILL_AFTER = 10  # seconds


def build(into: Path, say: Callable[[str], None]) -> None:
    """Build `pulumi` into `into`/bin with its launchers beside it; the first time takes minutes."""
    programs = into / "bin"
    programs.mkdir(exist_ok=True)
    go = toolchain.find_go(say)
    say("  Building takes about 7 minutes on two cores; what is compiled already is not compiled again.")
    progress = Progress()
    environment = {**os.environ, "GOWORK": "off"}
    total = _list_packages(go, environment, progress)
    flags = ["-trimpath", "-ldflags", f"-s -w -X {VERSION_VARIABLE}=v{recipe.version()}"]
    command = [str(go), "build", "-v", *flags, "-o", str(programs / "pulumi"), PACKAGE]
    # Go names on standard error each package that it compiles, and nothing else while all is well.
    with _running(command, environment) as go_build:
        lines: list[str] = []
        _follow(go_build, lines, lambda: progress.tell(f"compiled {len(lines)} of {total} packages"))
    if go_build.returncode != 0:
        raise _failure(lines)
    for launcher in recipe.LAUNCHERS:
        shutil.copy(launcher, programs)
    progress.end(f"built, {len(lines)} packages compiled")


def _list_packages(go: Path, environment: dict[str, str], progress: Progress) -> int:
    """Return how many packages the engine consists of; fetch their modules on the way."""
    with _running([str(go), "list", "-deps", PACKAGE], environment, stdout=subprocess.PIPE) as listing:
        packages: list[str] = []
        counting = threading.Thread(target=lambda: packages.extend(listing.stdout or ()), daemon=True)
        counting.start()
        lines: list[str] = []
        _follow(listing, lines, lambda: progress.tell("fetching modules"))
        counting.join()
    if listing.returncode != 0:
        raise _failure(lines)
    return len(packages)


def _follow(process: subprocess.Popen[str], lines: list[str], tell: Callable[[], None]) -> None:
    """Collect what a process says on standard error and tell of it every second until it ends."""
    reader = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reader.start()
    while reader.is_alive():
        tell()
        reader.join(1)
    process.wait()


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    """Start a process of the Go command that ends, with all that it started, when the block is left early."""
    process = subprocess.Popen(
        command,
        cwd=recipe.GO_MODULE,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(KILL_AFTER)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _failure(lines: list[str]) -> UserError:
    """Return Go's last words, with the remedy that fits them."""
    last = deque((line.rstrip() for line in lines if line.strip()), maxlen=SHOWN)
    text = "\n".join(last)
    if "no space left on device" in text:
        remedy = (
            f"free {NEEDED >> 30} GB where Go keeps its caches (`go env GOCACHE GOMODCACHE`), then try again"
        )
    elif any(sign in text for sign in ("dial tcp", "no such host", "i/o timeout", "connection refused")):
        remedy = (
            "connect to a network that reaches the Go module proxy, or point GOPROXY at one, then try again"
        )
    elif "signal: killed" in text:
        remedy = "the machine ran out of memory: close other programs or set GOMAXPROCS=1, then try again"
    else:
        remedy = "install Pulumi yourself: https://www.pulumi.com/docs/install/"
    return UserError(
        "Go could not build the Pulumi engine. Its last words:\n    " + "\n    ".join(last), remedy
    )
