"""Errors that the user can fix: a wrong setting, a busy port, an application that does not start."""

from collections.abc import Sequence

import pulumi

from tools.errors import UserError


class DeploymentError(UserError, pulumi.RunError):
    """An error that Pulumi prints without a traceback: the cause, the remedy, then the details.

    Args:
        cause: what is wrong, as a clause without a full stop.
        remedy: what to do about it, with a command if there is one.
        details: lines that show the cause, such as the end of a log.
    """

    def __init__(self, cause: str, remedy: str, details: Sequence[str] = ()) -> None:
        super().__init__(cause, remedy)
        self.details = tuple(details)

    def __str__(self) -> str:
        return "\n  ".join([f"{self.cause}; {self.remedy}", *self.details])
