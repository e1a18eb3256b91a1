"""How the user changes a setting: with make, or with Pulumi by hand."""

import os
import shlex
from collections.abc import Mapping

PROJECT = "bookstore"
# The engine that make starts finds it in its environment; by hand it is absent.
COMMAND = "BOOKSTORE_COMMAND"


def setting(
    stack: str | None, values: Mapping[str, str], *, secret: bool = False, other: bool = False
) -> str:
    """Return what to type so that settings of a stack get these values.

    Args:
        stack: the stack's name; None for the one that make was asked for.
        values: by key, without the namespace.
        secret: keep them encrypted.
        other: the stack is not the one that is being deployed.
    """
    if not _by_make():
        command = f"pulumi config set{f' --stack {stack}' if other else ''}{' --secret' if secret else ''}"
        written = {key: "" if secret else f" {value}" for key, value in values.items()}  # which it asks for
        return " && ".join(f"{command} {PROJECT}:{key}{value}" for key, value in written.items())
    stack = stack or os.environ.get("STACK") or "dev"
    if secret:
        return ", ".join(f"make secret STACK={stack} KEY={key}" for key in values)
    this_run = _this_run() if not other else set()
    if values.keys() == {"port"} and os.environ.get("PORT"):
        return f"PORT={values['port']}"
    config = "CONFIG=" + shlex.quote(" ".join(f"{key}={value}" for key, value in values.items()))
    if values.keys() <= this_run:
        return config
    lines = " and ".join(f"`{PROJECT}:{key}: {value}`" for key, value in values.items())
    file = f"write {lines} in Pulumi.{stack.rpartition('/')[2]}.yaml"
    return file if other else f"{file}, or for one run {config}"


def removal(stack: str, key: str) -> str:
    """Return what to type so that a stack no longer has a setting.

    Args:
        stack: the stack's name.
        key: as the user wrote it, with or without a namespace.
    """
    if not _by_make():
        return f"pulumi config rm {key}"
    if key.removeprefix(f"{PROJECT}:") in _this_run():
        return "edit CONFIG"
    if key == f"{PROJECT}:port" and os.environ.get("PORT"):
        return "run make without PORT"
    return f"edit Pulumi.{stack}.yaml"


def _by_make() -> bool:
    return os.environ.get(COMMAND) == "make"


def _this_run() -> set[str]:
    """Return the keys that CONFIG gives for this run."""
    given = os.environ.get("CONFIG", "").split()
    return {part.partition("=")[0].removeprefix(f"{PROJECT}:") for part in given}
