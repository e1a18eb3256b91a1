"""The user's own faults: a wrong setting, a busy port, an application that does not start."""

import pulumi


class Fault(pulumi.RunError):
    """Something that the user can mend; Pulumi prints the message alone, without a traceback.

    Args:
        cause: what is wrong, as a clause without a full stop.
        remedy: what to do about it, a command where there is one.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}; {remedy}")
