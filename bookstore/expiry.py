"""The expiry of unpaid orders, done during requests so that no other process is needed."""

import logging
import threading
import time

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from bookstore import orders
from bookstore.extensions import db

INTERVAL = 60.0  # seconds
WITHOUT_DATABASE = frozenset({"static", "health.healthz", "health.readyz", "metrics.show"})

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Expire overdue orders during requests, at most once a minute in each process."""
    turn = threading.Lock()
    last = -INTERVAL

    @app.before_request
    def expire_now_and_then() -> None:
        nonlocal last
        if request.endpoint in WITHOUT_DATABASE or time.monotonic() - last < INTERVAL:
            return
        if not turn.acquire(blocking=False):
            return
        try:
            last = time.monotonic()
            orders.expire_overdue()
        except SQLAlchemyError:
            db.session.rollback()
            log.warning("overdue orders could not be expired")  # the visitor's own request may still succeed
        finally:
            turn.release()
