"""The settings of `dev`: the BookStore served on this machine."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from infra.config.settings import CHECKOUT, PATH, LoopbackAddress, RefusedError
from infra.config.shared import OrderTimeout
from infra.remedy import PROJECT


class Dev(OrderTimeout):
    """The settings of `dev`: the BookStore served on this machine."""

    host: Annotated[LoopbackAddress, Field(description="Address that the server listens on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1024, le=65535, description="Port that the server listens on")] = 8080
    workers: Annotated[int, Field(ge=1, le=16, description="Number of worker processes")] = 2
    data_directory: Annotated[
        Path,
        PATH,
        Field(
            validate_default=True,
            description="Directory of the database, cover pictures and logs; a relative path starts in the "
            "checkout, `~` is your home",
        ),
    ] = Path(".data/<stack>")

    @field_validator("data_directory", mode="before")
    @classmethod
    def _absolute(cls, written: Any, info: ValidationInfo) -> Path:
        text = str(written)
        default = cls.model_fields["data_directory"].default
        if re.search(r"[\n\r]|\s[;#]", text):  # supervisord takes what follows for a comment
            raise _refused(text, "a path without line breaks, ' ;' and ' #'")
        if text == str(default):
            text = text.replace("<stack>", (info.context or {}).get("stack", "dev"))
        try:
            return CHECKOUT / Path(text).expanduser()
        except RuntimeError:
            raise _refused(text, "a path whose ~user exists") from None


def _refused(written: str, allowed: str) -> RefusedError:
    shown = written if written.isprintable() else repr(written)
    return RefusedError(f"{PROJECT}:dataDirectory is {shown}", f"choose {allowed}", {"dataDirectory": "PATH"})
