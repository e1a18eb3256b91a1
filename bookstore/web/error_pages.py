"""The error pages: what happened, what to do, and the id of the request."""

from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from bookstore.errors import Refused

TITLES = {
    400: _l("Your request could not be processed"),
    403: _l("You cannot open this page"),
    404: _l("Page not found"),
    405: _l("This page cannot be opened like this"),
    409: _l("Something has changed in the meantime"),
    413: _l("The file is too large"),
    429: _l("Too many attempts"),
    500: _l("Something went wrong on our side"),
    503: _l("The shop is temporarily unavailable"),
}
ADVICE = {
    400: _l("Please go back, check what you entered and try again."),
    403: _l("It belongs to another account, or only administrators may open it."),
    404: _l("The address may be mistyped, or the book is no longer on sale."),
    405: _l("Please start again from the catalogue."),
    409: _l("Somebody else was faster, or the order has a new status. Please check again."),
    413: _l("A cover picture may have at most 5 MiB."),
    429: _l("To protect your account, please wait a few minutes before you try again."),
    500: _l("The error has been recorded. Please try again later."),
    503: _l("The database does not answer at the moment. Nothing is lost; please try again in a minute."),
}


def register(app: Flask) -> None:
    """Answer errors with a page of the shop, or under /api/ with a JSON problem (RFC 9457)."""

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> Response:
        return _answer(refusal.status, str(refusal.message))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return _answer(
            400, gettext("This form has expired: you may have signed in or out since it was shown.")
        )

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error  # a redirect of the router's
        status = error.code
        if isinstance(getattr(error, "original_exception", None), OperationalError):
            error = ServiceUnavailable(retry_after=30)  # the database is away, and often soon back
            status = 503
        answer = _answer(status)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answer.headers[name] = value
        return answer


def _answer(status: int, advice: str | None = None) -> Response:
    known = status if status in TITLES else 400 if status < 500 else 500
    title, words = str(TITLES[known]), advice or str(ADVICE[known])
    if request.path.startswith("/api/"):
        answer = jsonify(type="about:blank", title=title, status=status, detail=words)
        answer.mimetype = "application/problem+json"
    else:
        number = g.get("request_id", "")
        if status >= 500:
            # Who is signed in the database knows, and that may be what failed: Flask-Login shall not ask it.
            g._login_user = AnonymousUserMixin()
        answer = make_response(
            render_template("error.html", title=title, words=words, status=status, number=number)
        )
    answer.status_code = status
    return answer
