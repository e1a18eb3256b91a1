"""The page cache, in the memory of this process.

It holds whole pages for visitors without a session, who all see the same, and for members the fragments that
hold nothing of their own. Only the HTML is cached: headers, cookies and the request's id are made for each
response. A book that this process changes shows at once (see `bookstore.editions`), one that another process
changes after `SECONDS`.
"""

from collections.abc import Callable, Hashable
from threading import Lock

from cachetools import TTLCache
from flask import Flask, Response, current_app, g, request, session
from markupsafe import Markup

from bookstore import editions
from bookstore.locales import select_locale
from bookstore.web.helpers.addresses import ARGUMENTS, arguments

SECONDS = 5.0
MAX_BYTES = 4 * 1024 * 1024
OVERHEAD = 1024  # bytes that an entry takes beside its text


class Cache:
    """An LRU cache of texts, bounded in bytes and time."""

    def __init__(self) -> None:
        self._texts: TTLCache[Hashable, bytes] = TTLCache(MAX_BYTES, SECONDS, getsizeof=_size)
        self._turn = Lock()

    def get(self, key: Hashable) -> bytes | None:
        """Return the text, if it is there and not too old."""
        with self._turn:
            return self._texts.get(key)

    def put(self, key: Hashable, text: bytes) -> None:
        """Store a text, unless it is larger than the whole cache."""
        if _size(text) <= MAX_BYTES:
            with self._turn:
                self._texts[key] = text


def _size(text: bytes) -> int:
    return len(text) + OVERHEAD


def fragment(name: str, render: Callable[[], str]) -> Markup:
    """Return what `render` makes for this URL and language, from the cache where it is there.

    Everybody gets the same fragment: it must hold nothing of one visitor, a CSRF token least of all.
    """
    cache, key = _cache(), _key(name)
    text = cache.get(key)
    if text is None:
        text = render().encode()
        cache.put(key, text)
    return Markup(text.decode())  # noqa: S704  # nosec B704


def register(app: Flask) -> None:
    """Answer from the cache; registered last, so that every other `before_request` has run."""
    app.extensions["bookstore_cache"] = Cache()

    @app.before_request
    def answer() -> Response | None:
        if request.method != "GET" or request.endpoint not in ARGUMENTS or not _is_stranger():
            return None
        key = _key("page")
        text = _cache().get(key)
        if text is None:
            g.page_key = key
            return None
        return Response(text, mimetype="text/html")

    @app.after_request
    def keep(response: Response) -> Response:
        # A session that began with this very page means that something of this visitor's may be in it.
        common = response.status_code == 200 and not session and "Set-Cookie" not in response.headers
        if "page_key" in g and common:
            _cache().put(g.page_key, response.get_data())
        return response


def _is_stranger() -> bool:
    """Return whether the request has no session, not even an expired one."""
    return current_app.config["SESSION_COOKIE_NAME"] not in request.cookies


def _key(name: str) -> Hashable:
    # Not the path and the whole query: one page has any number of those.
    values = tuple((request.view_args or {}).items())
    asked = tuple(arguments().items())
    return (name, editions.current(), request.root_path, request.endpoint, values, asked, select_locale())


def _cache() -> Cache:
    cache: Cache = current_app.extensions["bookstore_cache"]
    return cache
