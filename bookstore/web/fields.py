"""How the fields of a form are shown: what is tied to them for screen readers and browsers."""

from typing import Any

from flask import Flask, g
from wtforms import Field


def described_by(field: Field, hint: str = "", **attributes: Any) -> dict[str, Any]:
    """The `attributes` and those that tie a field to hint and errors; the first wrong one gets the cursor."""
    parts = [f"{field.id}-{part}" for part, shown in (("hint", hint), ("error", field.errors)) if shown]
    if parts:
        attributes["aria-describedby"] = " ".join(parts)
    if field.errors:
        attributes["aria-invalid"] = "true"
        if not g.get("cursor_placed"):
            g.cursor_placed = attributes["autofocus"] = True
    return attributes


def register(app: Flask) -> None:
    """Give the templates `described_by`."""
    app.jinja_env.globals["described_by"] = described_by
