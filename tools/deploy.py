"""What `make up`, `preview`, `down`, `status`, `logs`, `secret`, `mirror` and `env` do with the stack STACK.

The Makefile hands its variables over in the environment: STACK, PORT, CONFIG, PURGE, FOLLOW, YES, EMULATOR,
KEY.
"""

import argparse
import getpass
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import changes, emulator, ports, preflight, registry, stacks
from tools.engine.finder import link
from tools.engine.progress import duration
from tools.errors import UserError, run_command
from tools.preflight import MIRROR_ELSEWHERE, REMOVAL, Request
from tools.stack import ROOT, Stack
from tools.summary import closing, named, table

MARKER = ".bookstore-data"  # the program leaves it in the directory of the local shop's data


def up(stack: Stack) -> int:
    """Deploy the stack, then tell where the shop is and who may sign in."""
    start = time.monotonic()
    recover(stack)
    stack.create()
    status = stack.run("up", "--suppress-outputs", *_asking(stack), *_policies(stack), *_overrides(stack))
    if status == 0:
        ports.remember(stack.settings, stack.project)
        print(closing(stack, stack.outputs(), time.monotonic() - start))
    return status


def preview(stack: Stack) -> int:
    """Show what `up` would change, and from what to what."""
    start = time.monotonic()
    stack.create()
    with changes.recorded() as record:
        status = stack.run(
            "preview", *_policies(stack), *_overrides(stack), *record.options, **record.environment
        )
        if digest := record.digest():
            print(digest)
    if status == 0:
        print(f"Nothing was changed. It took {duration(time.monotonic() - start)}.")
    return status


def down(stack: Stack) -> int:
    """Destroy what is deployed and forget the stack; with PURGE=1 the local shop's data goes too."""
    start = time.monotonic()
    data = stack.project / ".data" / stack.name
    remembered = stack.state / f"{stack.name}.data-directory"  # where else the settings had put it
    if stack.exists():
        if not stack.free:
            preflight.check(Request("down", stack.settings, stack.endpoint, stack.project), checks=REMOVAL)
        recover(stack)
        if directory := stack.outputs().get("data_directory"):
            remembered.write_text(str(directory))
        if status := stack.run("destroy", *_asking(stack), *_forgetting(stack)):
            return status
        stack.remove()
        ports.forget(stack.name, stack.project)
        print(f"The stack {stack.name} is removed. It took {duration(time.monotonic() - start)}.")
    else:
        print(f"The stack {stack.name} is not deployed.")
    if remembered.exists():
        data = Path(remembered.read_text())
    if not data.exists():
        return 0
    if os.environ.get("PURGE"):
        purge(data)
        remembered.unlink(missing_ok=True)
        print(f"The shop's data in {data} is deleted.")
    else:
        print(f"The shop's data stays in {data}; make down{named(stack)} PURGE=1 deletes it.")
    return 0


def recover(stack: Stack) -> None:
    """Make good what an interrupted run left. Only what costs nothing may be made a second time."""
    lifted = stack.lift_dead_lock()
    if lifted:
        print("An earlier run was killed and left its lock; lifted.", flush=True)
    if stack.free and stack.exists() and (lifted or stack.pending()):
        print("An earlier run was interrupted; looking at what it had begun.", flush=True)
        stack.clear_pending()


def purge(data: Path) -> None:
    """Delete the directory of the shop's data, known by the marker that the program left in it."""
    if not (data / MARKER).is_file():
        raise UserError(
            f"{data} is not deleted: it has no file {MARKER}, so it may hold more than the shop's data.",
            "look at what is in it and delete it yourself",
        )
    shutil.rmtree(data)


def status(stack: Stack) -> int:
    """Tell what runs; return 1 when the shop is down or was never deployed."""
    outputs = deployed(stack)
    if not stack.settings.local:
        print(table(stack.open_outputs()))
        return 0
    return report("status", str(outputs["data_directory"]))


def logs(stack: Stack) -> int:
    """Show the local shop's logs, FOLLOW=1 keeps showing what comes; of another stack, how to reach them."""
    outputs = deployed(stack)
    if stack.endpoint is not None:
        print("Machines of an emulated AWS never boot, so there are no logs.")
        return 0
    if not stack.settings.local:
        print(f"The logs of {stack.name} are kept by AWS. These commands show them:")
        print(table({name: value for name, value in outputs.items() if name.endswith("logs")}))
        return 0
    follow = ["--follow"] if os.environ.get("FOLLOW") else []
    return report("logs", str(outputs["data_directory"]), *follow)


def secret(stack: Stack) -> int:
    """Ask for the value of the setting that KEY names, and keep it encrypted among the stack's settings."""
    key = os.environ["KEY"]
    if sys.stdin.isatty():
        value = getpass.getpass(f"The value of {key}, which nobody sees: ")
    else:
        value = sys.stdin.readline().rstrip("\n")
    if not value.strip():
        raise UserError(f"{key} got no value, and stays as it was.", "type or paste one, and press Enter")
    stack.create()
    stack.keep_secret(key, value)
    print(f"{key} is kept, encrypted, in Pulumi.{stack.name}.yaml.")
    return 0


def mirror(stack: Stack) -> int:
    """Copy the images of others into the registry that the stack has made for them."""
    outputs = deployed(stack)
    if "registry" not in outputs:
        raise UserError(f"The stack {stack.name} has made no registry.", f"take {MIRROR_ELSEWHERE}")
    registry.fill(str(outputs["registry"]))
    given = [setting for setting in stack.settings.given if not setting.startswith("imageRegistry=")]
    config = shlex.quote(" ".join([*given, "imageRegistry=ecr"]))
    print(f"\nAll are there. To run them: make up{named(stack)} CONFIG={config}")
    return 0


def env(stack: Stack) -> int:
    """Say that all is there: the preflight has installed it."""
    print(f"Ready. By hand: . .venv/bin/activate, then pulumi up --stack {stack.name}")
    return 0


def deployed(stack: Stack) -> Mapping[str, object]:
    """Return the outputs of a stack that is up. Raises UserError when it is not, or not wholly."""
    outputs = stack.outputs() if stack.exists() else {}
    if outputs:
        return outputs
    up, down = f"make up{named(stack)}", f"make down{named(stack)}"
    if count := stack.resources() if stack.exists() else 0:
        things = f"{count} resource{'s' if count > 1 else ''}"
        raise UserError(
            f"The stack {stack.name} is half deployed: the last `up` stopped after {things}.",
            f"{up} goes on from there and says what stopped it; {down} removes them",
        )
    raise UserError(f"The stack {stack.name} is not deployed.", up)


def report(*arguments: str) -> int:
    """Ask the local shop about itself."""
    try:
        return subprocess.run(
            [sys.executable, "-m", "infra.apps.bookstore.local.report", *arguments], cwd=ROOT, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def _asking(stack: Stack) -> list[str]:
    """Return the options for what costs money, which is shown first and asked about."""
    if stack.free:
        return ["--yes", "--skip-preview"]
    return ["--yes"] if os.environ.get("YES") else []


def _forgetting(stack: Stack) -> list[str]:
    """Return the options for a cluster that is gone: a chart of Helm is forgotten only by a refresh."""
    return ["--refresh"] if preflight.forgets_cluster() and not stack.free else []


def _policies(stack: Stack) -> list[str]:
    """Return the policies, for the stages that have anything they look at."""
    return [] if stack.settings.local else ["--policy-pack", str(stack.project / "infra" / "policies")]


def _overrides(stack: Stack) -> list[str]:
    """Return the settings for this run alone."""
    given = [*stack.settings.given]
    if stack.endpoint is not None:
        given.append(f"emulator={stack.endpoint}")
    return [part for setting in given for part in ("--config", setting)]


Command = Callable[[Stack], int]
COMMANDS: dict[str, Command] = {
    "up": up,
    "preview": preview,
    "down": down,
    "status": status,
    "logs": logs,
    "secret": secret,
    "mirror": mirror,
    "env": env,
}


def main() -> int:
    """Run the command once all that it needs is there; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    asked = parser.parse_args().command
    os.environ["BOOKSTORE_COMMAND"] = "make"  # remedies name what its users type
    request = Request.of(asked, os.environ.get("STACK") or stacks.DEFAULT, emulator.chosen())
    preflight.check(request)
    stack = request.stack
    if sys.prefix != sys.base_prefix:
        link(stack.engine, Path(sys.executable).parent)
    if asked in ("up", "preview", "env"):
        print(stack.engine, flush=True)
    return COMMANDS[asked](stack)


if __name__ == "__main__":
    sys.exit(run_command(main))
