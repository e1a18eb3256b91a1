"""What is shown of a stack that is deployed."""

import os
import sys
from collections.abc import Mapping

from tools import emulator
from tools.stack import LOCAL, Stack

STYLED = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def closing(stack: Stack, outputs: Mapping[str, object], seconds: float) -> str:
    """The block that a deployment ends with: address, accounts, what to do next."""
    lines = [_bold(f"The stack {stack.name} is up") + f" · {seconds:.0f} s"]
    if stack.endpoint is not None:
        lines += ["", "All of it is a record in the emulated AWS: no machine boots, and no address answers."]
        lines += [f"  look at it   {stack.endpoint}/moto-api/"]
    elif "url" in outputs:
        lines[0] = f"{_bold('The shop is open:')} {outputs['url']} · {seconds:.0f} s"
    accounts = outputs.get("demo_accounts")
    if isinstance(accounts, dict) and stack.endpoint is None:
        width = max(len(account["email"]) for account in accounts.values())
        lines += ["", "Sign in as"]
        lines += [
            f"  {role:<14} {account['email']:<{width}}   {account['password']}"
            for role, account in accounts.items()
        ]
    if stack.name != LOCAL:
        lines += ["", table(stack.open_outputs())]
    name = named(stack)
    lines += ["", f"make status{name} · make logs{name} · make down{name}"]
    return "\n".join(lines)


def table(outputs: Mapping[str, object]) -> str:
    """The outputs, a line each."""
    width = max(map(len, outputs), default=0)
    return "\n".join(f"  {name:<{width}}   {value}" for name, value in sorted(outputs.items()))


def named(stack: Stack) -> str:
    """What the Makefile is told for this stack."""
    name = "" if stack.name == LOCAL else f" STACK={stack.name}"
    return name if stack.endpoint is None else f"{name} {emulator.asked_for(stack.endpoint)}"


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if STYLED else text
