"""The stacks of the checkout: one for each Pulumi.<stack>.yaml. It needs no packages."""

import re
from difflib import get_close_matches
from pathlib import Path

from tools.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = "dev"


def known(project: Path = ROOT) -> list[str]:
    """Return the names of the stacks."""
    return sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in project.glob("Pulumi.*.yaml"))


def require(name: str, project: Path = ROOT) -> None:
    """Raise UserError unless the stack exists, with the nearest name and the way to make one."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name):
        raise UserError(f"STACK is {name}, which is no name of a stack.", "use letters, digits, _, . and -")
    if (project / f"Pulumi.{name}.yaml").is_file():
        return
    stacks = known(project)
    near = get_close_matches(name, stacks, n=1)
    raise UserError(
        f"There is no stack {name}: Pulumi.{name}.yaml is missing"
        + (f"; did you mean STACK={near[0]}?" if near else "."),
        f"choose one of {', '.join(stacks)}\n"
        f"    or make one of your own, of the stage dev for example:\n"
        f"    printf 'config:\\n  bookstore:stage: dev\\n' > Pulumi.{name}.yaml",
    )
