"""The user's own faults: a wrong setting, a busy port, an application that does not start."""

from collections.abc import Sequence

import pulumi


class DeploymentError(pulumi.RunError):
    """Something that the user can mend; Pulumi prints the message alone, without a traceback.

    Args:
        cause: what is wrong, as a clause without a full stop.
        remedy: what to do about it, a command where there is one.
        evidence: lines that show the cause, such as the last ones of a log.
    """

    def __init__(self, cause: str, remedy: str, evidence: Sequence[str] = ()) -> None:
        super().__init__("\n  ".join([f"{cause}; {remedy}", *evidence]))
