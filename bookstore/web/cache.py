"""What one visitor's page has in common with the next one's, kept in the memory of this process.

A whole page for visitors without a session, to whom all pages of one address and language are alike; for
members the parts that hold nothing of their own. Only the text of a page is kept: headers, cookies and the id
of the request are made for each answer. A change of a book by this process counts at once (see
`bookstore.edition`), one by another process after `SECONDS`.
"""

from collections.abc import Callable, Hashable
from operator import itemgetter
from threading import Lock

from cachetools import TTLCache
from flask import Flask, Response, current_app, g, request, session
from flask_login import COOKIE_NAME
from markupsafe import Markup

from bookstore import edition
from bookstore.language import selected

SECONDS = 5.0
MOST_BYTES = 4 * 1024 * 1024
PAGES = frozenset({"home.home", "catalogue.catalogue", "book.show"})


class Cache:
    """Texts by what they depend on; those asked for least recently go first when there are too many."""

    def __init__(self) -> None:
        self._texts: TTLCache[Hashable, bytes] = TTLCache(MOST_BYTES, SECONDS, getsizeof=len)
        self._turn = Lock()

    def get(self, key: Hashable) -> bytes | None:
        """The text, if it is there and not too old."""
        with self._turn:
            return self._texts.get(key)

    def put(self, key: Hashable, text: bytes) -> None:
        """Keep a text; one that is larger than the whole cache is not kept."""
        if len(text) <= MOST_BYTES:
            with self._turn:
                self._texts[key] = text


def fragment(name: str, render: Callable[[], str]) -> Markup:
    """What `render` makes of this address in this language, made anew only when it may have changed.

    It is shown to everybody: nothing that it holds may depend on who is looking, a form's token least of all.
    """
    cache, key = _cache(), _key(name)
    text = cache.get(key)
    if text is None:
        text = render().encode()
        cache.put(key, text)
    return Markup(text.decode())  # noqa: S704  # nosec B704


def register(app: Flask) -> None:
    """Answer from the cache, after everything that has to happen before a request."""
    app.extensions["bookstore_cache"] = Cache()

    @app.before_request
    def answer() -> Response | None:
        if request.method != "GET" or request.endpoint not in PAGES or not _is_stranger():
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
    """Whether nothing in the request tells one visitor from another; a session that is out of date does."""
    return not {current_app.config["SESSION_COOKIE_NAME"], COOKIE_NAME} & request.cookies.keys()


def _key(name: str) -> Hashable:
    # Sorted, since the order of the fields of a form changes nothing; that of values of one field may.
    asked = tuple(sorted(request.args.items(multi=True), key=itemgetter(0)))
    return (name, edition.present(), request.root_path, request.path, asked, selected())


def _cache() -> Cache:
    cache: Cache = current_app.extensions["bookstore_cache"]
    return cache
