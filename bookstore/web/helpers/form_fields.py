"""The attributes of form fields that screen readers and browsers need."""

from typing import Any

from flask import Flask, g
from wtforms import Field


def described_by(field: Field, hint: str = "", **attributes: Any) -> dict[str, Any]:
    """Return `attributes` and those that tie hint and errors to a field; the first error gets the focus."""
    parts = [f"{field.id}-{part}" for part, shown in (("hint", hint), ("error", field.errors)) if shown]
    if parts:
        attributes["aria-describedby"] = " ".join(parts)
    if field.errors:
        attributes["aria-invalid"] = "true"
        if not g.get("cursor_placed"):
            g.cursor_placed = attributes["autofocus"] = True
    return attributes


def register(app: Flask) -> None:
    """Add the global `described_by`."""
    app.jinja_env.globals["described_by"] = described_by
