"""The pictures of covers that sellers uploaded."""

from flask import Blueprint, Response, send_file

from bookstore import covers
from bookstore.web.assets import YEAR

blueprint = Blueprint("covers", __name__)


@blueprint.get("/cover/<name>")
def picture(name: str) -> Response:
    """A cover; its name is random and its bytes never change, so that it may be kept for ever."""
    response = send_file(covers.path(name), mimetype="image/webp", max_age=YEAR, conditional=True)
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    # Opened by itself the picture is only ever a picture, whatever a browser might take it for.
    response.headers["Content-Disposition"] = "inline; filename=cover.webp"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
