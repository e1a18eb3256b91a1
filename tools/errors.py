"""What stands in the way of a target and what its user can do about it."""


class UserError(Exception):
    """Shown as its message, without a traceback: the cause, then the remedy on a line of its own."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}\n  Remedy: {remedy}")
        self.cause = cause
        self.remedy = remedy
