"""The choice of language."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from bookstore.extensions import csrf
from bookstore.locales import LANGUAGES
from bookstore.security import safe_next
from bookstore.web.helpers.assets import YEAR

blueprint = Blueprint("language", __name__)


# This form stands on every page, and a token needs a session: with one, every reader of the catalogue would
# be given a cookie. So it has none, and the browser's own word takes its place: a request that says it comes
# from another site is refused. (The worst that a forged one could do, by a browser too old to say so, is to
# show the shop in Spanish.)
@blueprint.post("/language")
def choose() -> Response:
    """Remember the language and show the same page in it."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    if not _from_here():
        abort(403)
    response = redirect(safe_next(request.form.get("next")))
    response.set_cookie(
        "language", language, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


csrf.exempt(choose)


def _from_here() -> bool:
    """Return whether the form was on a page of ours, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    # Over plain HTTP browsers send Origin alone; its scheme may be a proxy's, so only the host is compared.
    return urlsplit(request.headers.get("Origin", request.host_url)).netloc == request.host
