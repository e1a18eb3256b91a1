"""Security of every request: headers, cookies, request ids and rate limits."""

import re
import uuid
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

import structlog
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import current_user, user_logged_in
from werkzeug.middleware.proxy_fix import ProxyFix

from bookstore.config import Settings
from bookstore.extensions import limiter

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TWO_YEARS = 2 * 365 * 24 * 60 * 60  # seconds
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_OUTSIDE = re.compile(r"[\x00-\x20\x7f\\]")

View = Callable[..., ResponseReturnValue]


class CookieSession(SecureCookieSessionInterface):
    """Flask's session, whose cookie is Secure exactly when the request came by HTTPS.

    The same image serves plain HTTP on a learner's machine and HTTPS behind a load balancer, without a
    setting that could be wrong.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the visitor's session; an empty one at once for the many who have none."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Return whether this request came by HTTPS."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Renew the cookie, but not with a response that shared caches may store: CloudFront keeps errors."""
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            response.headers.pop("Set-Cookie", None)
        elif not response.cache_control.public:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Register headers, cookies and request ids."""
    settings: Settings = app.extensions["bookstore"]
    hops = settings.proxies
    if hops:
        # Trusted only as far as TRUSTED_PROXIES says: anybody can send these headers.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.session_interface = CookieSession()
    app.before_request(_name_request)
    app.after_request(_add_headers)
    user_logged_in.connect(_end_with_lifetime, app)


def limit_sign_in(view: View) -> View:
    """Limit failed sign-ins by address and by account, against the guessing of passwords."""
    by_address = limiter.limit(
        "20 per minute; 100 per hour", key_func=get_remote_address, methods=["POST"], deduct_when=_failed
    )
    by_account = limiter.limit("10 per 15 minutes", key_func=_account, methods=["POST"], deduct_when=_failed)
    guarded: View = by_address(by_account(view))
    return guarded


def limit_password_checks(view: View) -> View:
    """Limit failed attempts of a signed-in session to enter the account's password."""
    limit = limiter.limit("10 per 15 minutes", key_func=_member, methods=["POST"], deduct_when=_failed)
    guarded: View = limit(view)
    return guarded


def safe_next(target: str | None) -> str:
    """Return where to go after signing in: `target` if it is a page of this shop, else the front page."""
    if not target or not target.startswith("/") or target.startswith("//") or _OUTSIDE.search(target):
        return "/"
    return target


def _failed(response: Response) -> bool:
    return not 300 <= response.status_code < 400


def _account() -> str:
    # A digest: a person's address does not belong in the limiter's store.
    return sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def _member() -> str:
    return str(current_user.id)


def _end_with_lifetime(_app: Flask, **_: object) -> None:
    session.permanent = True


def _name_request() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    if "Cache-Control" not in response.headers and session:
        response.headers["Cache-Control"] = (
            "no-store"  # a signed-in person's page, on a machine that others use
        )
    return response
