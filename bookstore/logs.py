"""Logs: one JSON object a line on standard output, with nothing that tells who the visitor is."""

import logging
import sys
import time
from typing import TextIO

import structlog
from flask import Flask, Response, g, request

# Asked every few seconds by machines: their good news would bury everything else.
ROUTINE = frozenset({"health.healthz", "health.readyz", "metrics.show"})

log = structlog.get_logger(__name__)

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _StandardOutput(logging.StreamHandler[TextIO]):
    """A handler that writes to what `sys.stdout` is at that moment."""

    @property
    def stream(self) -> TextIO:
        return sys.stdout

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Ignore the stream that the base class wants to remember."""


def register(app: Flask) -> None:
    """Log every request but the health checks and metrics that succeed."""
    _configure()

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        if request.endpoint in ROUTINE and response.status_code < 400:
            return response
        # The rule, not the address: what people search for and which orders are theirs is their own business.
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            milliseconds=round(1000 * (time.perf_counter() - g.started), 1) if "started" in g else None,
        )
        return response


def _configure() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    ours = logging.getLogger("bookstore")
    ours.handlers = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False
