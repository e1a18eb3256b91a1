"""Static files: their URLs carry a hash of the content, so browsers may cache them for a year."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

YEAR = 365 * 24 * 3600


def fingerprints(app: Flask) -> dict[str, str]:
    """Return a short hash of each static file by its name; the files change only with the application."""
    found: dict[str, str] = app.extensions["bookstore_static"]
    return found


def _hashes(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def register(app: Flask) -> None:
    """Add the hash to every URL of `url_for("static", ...)`, and cache headers to the files."""
    app.extensions["bookstore_static"] = _hashes(Path(str(app.static_folder)))

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", fingerprints(current_app).get(values["filename"], ""))

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            current = fingerprints(app).get((request.view_args or {})["filename"])
            known = current is not None and request.args.get("v") == current
            # Under any other hash, or none, the browser asks again: it may hold the file of another release.
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if known else "no-cache"
        return response
