"""What `make up`, `preview`, `down`, `status` and `logs` do with the stack that STACK names.

The Makefile hands its settings over in the environment: STACK, PORT, CONFIG, PURGE, FOLLOW, YES.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.engine import find_engine
from tools.fault import ToolError
from tools.stack import ROOT, Stack

LOCAL = "dev"
MARKER = ".bookstore-data"  # the program leaves it in the directory of the local shop's data
STYLED = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def up(stack: Stack) -> int:
    """Deploys the stack, then tells where the shop is and who may sign in."""
    start = time.monotonic()
    print(stack.engine, flush=True)
    recover(stack)
    stack.create()
    status = stack.run("up", "--suppress-outputs", *_asking(stack), *_overrides())
    if status == 0:
        print(closing(stack, stack.outputs(), time.monotonic() - start))
    return status


def preview(stack: Stack) -> int:
    """Shows what `up` would change."""
    print(stack.engine, flush=True)
    stack.create()
    return stack.run("preview", *_overrides())


def down(stack: Stack) -> int:
    """Destroys what is deployed and forgets the stack; with PURGE=1 the local shop's data goes too."""
    data = stack.project / ".data" / stack.name
    remembered = stack.state / f"{stack.name}.data-directory"  # where else the settings had put it
    if stack.exists():
        recover(stack)
        if directory := stack.outputs().get("data_directory"):
            remembered.write_text(str(directory))
        if status := stack.run("destroy", *_asking(stack)):
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
    """Makes good what a killed run left. Only the local shop's half-made things may be made a second time."""
    if stack.lift_dead_lock():
        print("An earlier run was killed and left its lock; lifted.", flush=True)
        if stack.name == LOCAL and stack.exists():
            stack.clear_pending()


def purge(data: Path) -> None:
    """Deletes the directory of the shop's data, known by the marker that the program left in it."""
    if not (data / MARKER).is_file():
        raise ToolError(
            f"{data} is not deleted: it has no file {MARKER}, so it may hold more than the shop's data.",
            "look at what is in it and delete it yourself",
        )
    shutil.rmtree(data)


def status(stack: Stack) -> int:
    """Tells what runs; exit status 1 when the shop is down or was never deployed."""
    outputs = stack.outputs() if stack.exists() else {}
    if not outputs:
        raise ToolError(f"The stack {stack.name} is not deployed.", f"make up{_other(stack)}")
    if stack.name != LOCAL:
        print(table(outputs))
        return 0
    return report("status", str(outputs["data_directory"]))


def logs(stack: Stack) -> int:
    """Shows the local shop's logs, FOLLOW=1 keeps showing what comes; of another stack, how to reach them."""
    outputs = stack.outputs() if stack.exists() else {}
    if not outputs:
        raise ToolError(f"The stack {stack.name} is not deployed.", f"make up{_other(stack)}")
    if stack.name != LOCAL:
        print(f"The logs of {stack.name} are kept by AWS. These commands show them:")
        print(table({name: value for name, value in outputs.items() if name.endswith("logs")}))
        return 0
    follow = ["--follow"] if os.environ.get("FOLLOW") else []
    return report("logs", str(outputs["data_directory"]), *follow)


def report(*arguments: str) -> int:
    """Asks the local shop about itself."""
    try:
        return subprocess.run(
            [sys.executable, "-m", "infra.local.report", *arguments], cwd=ROOT, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def closing(stack: Stack, outputs: Mapping[str, object], seconds: float) -> str:
    """The block that a deployment ends with: address, accounts, what to do next."""
    lines = [bold(f"The stack {stack.name} is up") + f" · {seconds:.0f} s"]
    if "url" in outputs:
        lines[0] = f"{bold('The shop is open:')} {outputs['url']} · {seconds:.0f} s"
    accounts = outputs.get("demo_accounts")
    if isinstance(accounts, dict):
        width = max(len(account["email"]) for account in accounts.values())
        lines += ["", "Sign in as"]
        lines += [
            f"  {role:<14} {account['email']:<{width}}   {account['password']}"
            for role, account in accounts.items()
        ]
    if stack.name != LOCAL:
        lines += ["", table(outputs)]
    other = _other(stack)
    lines += ["", f"make status{other} · make logs{other} · make down{other}"]
    return "\n".join(lines)


def table(outputs: Mapping[str, object]) -> str:
    """The outputs that are no secrets, a line each."""
    shown = {name: value for name, value in outputs.items() if name != "demo_accounts"}
    width = max(map(len, shown), default=0)
    return "\n".join(f"  {name:<{width}}   {value}" for name, value in sorted(shown.items()))


def bold(text: str) -> str:
    """Bold on a terminal."""
    return f"\033[1m{text}\033[0m" if STYLED else text


def _other(stack: Stack) -> str:
    return "" if stack.name == LOCAL else f" STACK={stack.name}"


def _asking(stack: Stack) -> list[str]:
    """The local shop costs nothing; what costs money is shown first and asked about."""
    if stack.name == LOCAL:
        return ["--yes", "--skip-preview"]
    return ["--yes"] if os.environ.get("YES") else []


def _overrides() -> list[str]:
    """Settings for this run, from PORT=8081 or CONFIG='key=value key=value'."""
    settings = os.environ.get("CONFIG", "").split()
    if port := os.environ.get("PORT"):
        settings.append(f"port={port}")
    for setting in settings:
        if "=" not in setting:
            raise ToolError(f"CONFIG has {setting}, which gives no value.", "CONFIG='key=value key=value'")
    return [part for setting in settings for part in ("--config", setting)]


Command = Callable[[Stack], int]
COMMANDS: dict[str, Command] = {"up": up, "preview": preview, "down": down, "status": status, "logs": logs}


def main() -> int:
    """The command's exit status; 1 with cause and remedy when it is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = COMMANDS[parser.parse_args().command]
    try:
        return command(Stack(os.environ.get("STACK") or LOCAL, find_engine()))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
