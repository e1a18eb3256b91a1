"""Static files: their URLs carry a hash of the content, so browsers may cache them for a year."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

YEAR = 365 * 24 * 3600


@cache
def fingerprint(file: Path) -> str:
    """Return a short hash of a file; read once, since files change only with the whole application."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


def _file(name: str) -> Path:
    return Path(str(current_app.static_folder)) / name


def register(app: Flask) -> None:
    """Add the hash to every URL of `url_for("static", ...)`, and cache headers to the files."""

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", fingerprint(_file(values["filename"])))

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            known = request.args.get("v") == fingerprint(_file((request.view_args or {})["filename"]))
            # Under any other hash, or none, the browser asks again: it may hold the file of another release.
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if known else "no-cache"
        return response
