"""Metrics for Prometheus, for machines in private networks only."""

import ipaddress
import os
import time

from flask import Blueprint, Flask, Response, abort, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("bookstore_requests", "Requests answered", ["endpoint", "status"])
SECONDS = Histogram(
    "bookstore_request_seconds",
    "Time to answer a request, in seconds",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
)
ORDERS_PAID = Counter("bookstore_orders_paid", "Orders paid")

# Not `is_private`: that holds for addresses of documentation, too, and not for 100.64.0.0/10, a pod's.
_NEAR = [
    ipaddress.ip_network(block)
    for block in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1",
        "fc00::/7",
    )
]

blueprint = Blueprint("metrics", __name__)


def register(app: Flask) -> None:
    """Measure every request, and add /metrics."""

    @app.before_request
    def start() -> None:
        g.measured_from = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        # By endpoint, not by address: one series for all books, and none for what somebody makes up.
        endpoint = request.endpoint or "none"
        REQUESTS.labels(endpoint, response.status_code).inc()
        if "measured_from" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.measured_from)
        return response

    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
def show() -> Response:
    """Show the metrics of all worker processes when PROMETHEUS_MULTIPROC_DIR is set, else of this one."""
    if "X-Forwarded-For" in request.headers or not _is_near(request.remote_addr):
        abort(404)
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_near(address: str | None) -> bool:
    try:
        asking = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(asking in block for block in _NEAR)
