"""What guards every request: headers, cookies, request ids, forged forms and guessed passwords."""

import re
import uuid
from collections.abc import Callable
from hashlib import sha256

import structlog
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import user_logged_in
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
    """Flask's session, whose cookie is Secure exactly when the visitor came by HTTPS.

    The same image serves plain HTTP on a learner's machine and HTTPS behind a load balancer, and there is no
    setting between the two to get wrong.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The visitor's session; an empty one at once for those who come without, as most readers do."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether this request came by HTTPS."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Renew the cookie, but not with an answer that caches may give to everybody."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Guard the application."""
    settings: Settings = app.extensions["bookstore"]
    hops = settings.proxies
    if hops:
        # Believed only as far as TRUSTED_PROXIES says: anybody can send these headers.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.session_interface = CookieSession()
    app.before_request(_name_request)
    app.after_request(_add_headers)
    user_logged_in.connect(_end_with_lifetime, app)


def limit_sign_in(view: View) -> View:
    """Slow down the guessing of passwords: failed attempts are counted by address and by account."""
    by_address = limiter.limit(
        "20 per minute; 100 per hour", key_func=get_remote_address, methods=["POST"], deduct_when=_failed
    )
    by_account = limiter.limit("10 per 15 minutes", key_func=_account, methods=["POST"], deduct_when=_failed)
    guarded: View = by_address(by_account(view))
    return guarded


def safe_next(target: str | None) -> str:
    """The address to go on to after signing in: `target` if it is a page of this shop, else the home page."""
    if not target or not target.startswith("/") or target.startswith("//") or _OUTSIDE.search(target):
        return "/"
    return target


def _failed(response: Response) -> bool:
    return not 300 <= response.status_code < 400


def _account() -> str:
    # A digest: the address of a person has no business in the limiter's store.
    return sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


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
