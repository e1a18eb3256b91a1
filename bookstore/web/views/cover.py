"""The cover pictures that sellers uploaded."""

from flask import Blueprint, Response, send_file

from bookstore import covers
from bookstore.web.helpers.assets import YEAR

blueprint = Blueprint("cover", __name__)


@blueprint.get("/cover/<name>")
def picture(name: str) -> Response:
    """Send a cover. Its name is random and its bytes never change, so browsers may keep it for ever."""
    response = send_file(covers.path(name), mimetype="image/webp", max_age=YEAR, conditional=True)
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    # Opened by itself the picture is only ever a picture, whatever a browser might take it for.
    response.headers["Content-Disposition"] = "inline; filename=cover.webp"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
