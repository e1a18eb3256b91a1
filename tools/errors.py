"""The one way to refuse: a cause and a remedy, shown without a traceback. It needs no packages."""

import sys
from collections.abc import Callable


class UserError(Exception):
    """A fault that the user can mend: the cause, then the remedy on a line of its own."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}\n  Remedy: {remedy}")
        self.cause = cause
        self.remedy = remedy


def run_command(command: Callable[[], int], interrupted: str = "Interrupted.") -> int:
    """Run a command and return its exit status: its own, 1 where it refuses, 130 after Ctrl-C."""
    try:
        return command()
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{interrupted}", file=sys.stderr)
        return 130
