"""What `make up`, `preview`, `down`, `status`, `logs`, `secret`, `mirror` do with the stack that STACK names.

The Makefile hands its settings over in the environment: STACK, PORT, CONFIG, PURGE, FOLLOW, YES, EMULATOR,
KEY.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import cloud, emulator, registry, settings
from tools.engine import find_engine
from tools.errors import UserError
from tools.stack import LOCAL, ROOT, Stack
from tools.summary import closing, named, table

MARKER = ".bookstore-data"  # the program leaves it in the directory of the local shop's data


def up(stack: Stack) -> int:
    """Deploys the stack, then tells where the shop is and who may sign in."""
    start = time.monotonic()
    print(stack.engine, flush=True)
    _require_other(stack)
    _require_registry(stack)
    recover(stack)
    stack.create()
    status = stack.run("up", "--suppress-outputs", *_asking(stack), *_policies(stack), *_overrides(stack))
    if status == 0:
        print(closing(stack, stack.outputs(), time.monotonic() - start))
    return status


def preview(stack: Stack) -> int:
    """Shows what `up` would change."""
    print(stack.engine, flush=True)
    _require_other(stack)
    stack.create()
    return stack.run("preview", *_policies(stack), *_overrides(stack))


def down(stack: Stack) -> int:
    """Destroys what is deployed and forgets the stack; with PURGE=1 the local shop's data goes too."""
    data = stack.project / ".data" / stack.name
    remembered = stack.state / f"{stack.name}.data-directory"  # where else the settings had put it
    if stack.exists():
        if not stack.free:
            cloud.require_to_remove(stack.name, stack.project)
        recover(stack)
        if directory := stack.outputs().get("data_directory"):
            remembered.write_text(str(directory))
        if status := stack.run("destroy", *_asking(stack), *_forgetting(stack)):
            return status
        stack.remove()
        print(f"The stack {stack.name} is removed.")
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
        print(f"The shop's data stays in {data}; make down PURGE=1 deletes it.")
    return 0


def recover(stack: Stack) -> None:
    """Makes good what a killed run left. Only what costs nothing may be made a second time."""
    if stack.lift_dead_lock():
        print("An earlier run was killed and left its lock; lifted.", flush=True)
        if stack.free and stack.exists():
            stack.clear_pending()


def purge(data: Path) -> None:
    """Deletes the directory of the shop's data, known by the marker that the program left in it."""
    if not (data / MARKER).is_file():
        raise UserError(
            f"{data} is not deleted: it has no file {MARKER}, so it may hold more than the shop's data.",
            "look at what is in it and delete it yourself",
        )
    shutil.rmtree(data)


def status(stack: Stack) -> int:
    """Tells what runs; exit status 1 when the shop is down or was never deployed."""
    outputs = deployed(stack)
    if stack.name != LOCAL:
        print(table(stack.open_outputs()))
        return 0
    return report("status", str(outputs["data_directory"]))


def logs(stack: Stack) -> int:
    """Shows the local shop's logs, FOLLOW=1 keeps showing what comes; of another stack, how to reach them."""
    outputs = deployed(stack)
    if stack.endpoint is not None:
        print("Machines of an emulated AWS never boot, so there are no logs.")
        return 0
    if stack.name != LOCAL:
        print(f"The logs of {stack.name} are kept by AWS. These commands show them:")
        print(table({name: value for name, value in outputs.items() if name.endswith("logs")}))
        return 0
    follow = ["--follow"] if os.environ.get("FOLLOW") else []
    return report("logs", str(outputs["data_directory"]), *follow)


def secret(stack: Stack) -> int:
    """Asks for the value of the setting that KEY names, and keeps it encrypted among the stack's settings."""
    key = os.environ.get("KEY")
    if not key:
        raise UserError("Which setting?", f"make secret{named(stack)} KEY=duckdnsToken")
    stack.create()
    stack.take_salt_along()
    print(f"The value of {key}, which nobody sees:", flush=True)
    return stack.run("config", "set", "--secret", key)


def mirror(stack: Stack) -> int:
    """Copies the images of others into the registry that the stack has made for them."""
    outputs = deployed(stack)
    if "registry" not in outputs:
        raise UserError(f"The stack {stack.name} has made no registry.", f"take {cloud.MIRROR_ELSEWHERE}")
    registry.fill(str(outputs["registry"]))
    given = [setting for setting in settings.of_this_run() if not setting.startswith("imageRegistry=")]
    config = shlex.quote(" ".join([*given, "imageRegistry=ecr"]))
    print(f"\nAll are there. To run them: make up{named(stack)} CONFIG={config}")
    return 0


def deployed(stack: Stack) -> Mapping[str, object]:
    """The outputs of a stack that is up. Raises UserError when it is not, or not wholly."""
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
    """Asks the local shop about itself."""
    try:
        return subprocess.run(
            [sys.executable, "-m", "infra.apps.bookstore.local.report", *arguments], cwd=ROOT, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def _require_other(stack: Stack) -> None:
    """Raises UserError where the stack whose cluster is asked for was never made: Pulumi names no remedy."""
    given = settings.read(stack.project / f"Pulumi.{stack.name}.yaml")
    other = given.get("clusterStack") or "cluster"
    if given.get("cluster") != "stack" or "/" in other or stack.knows(other):
        return
    raise UserError(
        f"The stack {stack.name} is to use the cluster of the stack {other}, which there is not.",
        f"make up STACK={other}, or name another one: CONFIG='cluster=stack clusterStack=NAME'",
    )


def _require_registry(stack: Stack) -> None:
    """Raises UserError where pods would wait in vain for images from a registry that is yet to be made."""
    given = settings.read(stack.project / f"Pulumi.{stack.name}.yaml")
    if given.get("imageRegistry") != "ecr" or given.get("cluster") == "kubeconfig":
        return
    if not stack.exists() or "registry" not in stack.outputs():
        raise UserError(
            "The images are to come from the stack's own registry, which there is not yet.",
            f"make up{named(stack)} without imageRegistry=ecr, then make mirror{named(stack)}, and then this",
        )


def _asking(stack: Stack) -> list[str]:
    """What costs money is shown first and asked about."""
    if stack.free:
        return ["--yes", "--skip-preview"]
    return ["--yes"] if os.environ.get("YES") else []


def _forgetting(stack: Stack) -> list[str]:
    """Of a cluster that is gone, the provider forgets a chart of Helm only where it reads the state anew."""
    return ["--refresh"] if cloud.forgets_cluster() and not stack.free else []


def _policies(stack: Stack) -> list[str]:
    """What no stack may do, for those that have anything the policies look at."""
    return [] if stack.name == LOCAL else ["--policy-pack", str(stack.project / "infra" / "policies")]


def _overrides(stack: Stack) -> list[str]:
    """Settings for this run alone."""
    given = settings.of_this_run()
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
}


def main() -> int:
    """The command's exit status; 1 with cause and remedy when it is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    asked = parser.parse_args().command
    name = os.environ.get("STACK") or LOCAL
    try:
        endpoint = emulator.chosen()
        cloud.require(asked, name, endpoint)  # before an engine is set up, which may take minutes
        return COMMANDS[asked](Stack(name, find_engine(), endpoint=endpoint))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
