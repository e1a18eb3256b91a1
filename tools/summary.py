"""What is shown of a stack that is deployed."""

import os
import sys
from collections.abc import Mapping

from tools import emulator, stacks
from tools.engine.progress import duration
from tools.stack import Stack

STYLED = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def closing(stack: Stack, outputs: Mapping[str, object], seconds: float) -> str:
    """Return the block that a deployment ends with: address, accounts, what to do next."""
    lines = [f"{_bold(f'The stack {stack.name} is up')} · {duration(seconds)}"]
    if stack.endpoint is not None:
        lines += ["", "All of it is a record in the emulated AWS: no machine boots, and no address answers."]
        lines += [f"  look at it   {stack.endpoint}/moto-api/"]
    elif "url" in outputs:
        lines[0] = f"{_bold('The shop is open:')} {outputs['url']} · {duration(seconds)}"
    accounts = outputs.get("demo_accounts")
    if isinstance(accounts, dict) and stack.endpoint is None:
        width = max(len(account["email"]) for account in accounts.values())
        lines += ["", "Sign in as"]
        lines += [
            f"  {role:<14} {account['email']:<{width}}   {account['password']}"
            for role, account in accounts.items()
        ]
    if not stack.settings.local:
        lines += ["", table(stack.open_outputs())]
    name = named(stack)
    lines += ["", f"make status{name} · make logs{name} · make down{name}"]
    return "\n".join(lines)


def table(outputs: Mapping[str, object]) -> str:
    """Return the outputs, a line each; those of a map, such as commands, below its name."""
    lines = []
    width = max(map(len, outputs), default=0)
    for name, value in sorted(outputs.items()):
        if isinstance(value, dict):
            inner = max(map(len, value), default=0)
            lines += [f"  {name}", *(f"    {key:<{inner}}   {each}" for key, each in value.items())]
        elif isinstance(value, list):
            lines += [f"  {name}", *(f"    {each}" for each in value)]
        else:
            lines.append(f"  {name:<{width}}   {value}")
    return "\n".join(lines)


def named(stack: Stack) -> str:
    """Return what the Makefile is told for this stack."""
    name = "" if stack.name == stacks.DEFAULT else f" STACK={stack.name}"
    return name if stack.endpoint is None else f"{name} {emulator.asked_for(stack.endpoint)}"


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if STYLED else text
