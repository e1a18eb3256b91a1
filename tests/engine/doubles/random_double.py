"""pulumi-random: passwords, really random."""

import secrets
import string

from tests.engine.doubles.provider import Behaviour
from tests.engine.doubles.wire import Properties

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


class Double(Behaviour):
    """Random values that are never changed afterwards."""

    package = "random"
    immutable = frozenset({"length", "special", "upper", "lower", "numeric", "keepers", "overrideSpecial"})

    def identify(self, _type: str, _inputs: Properties) -> str:
        """Return the same id for all: `none`."""
        return f"none-{secrets.token_hex(8)}"

    def outputs(self, _type: str, _id: str, inputs: Properties) -> Properties:
        """Return the password itself."""
        letters = string.ascii_letters + string.digits
        letters += SPECIAL if inputs.get("special", True) else ""
        length = int(inputs["length"])
        return {
            "result": "".join(secrets.choice(letters) for _ in range(length)),
            "bcryptHash": f"$2a$10${secrets.token_hex(26)}",
        }
