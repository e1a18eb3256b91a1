"""The shop without its page cache, to measure what its database is asked."""

from flask import Flask

from bookstore import create_app as create_cached_app
from bookstore.web import cache


def create_app() -> Flask:
    """Create the application with a cache that forgets everything at once."""
    cache.SECONDS = 0.0
    return create_cached_app()
