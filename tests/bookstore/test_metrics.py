"""Metrics: for the machines beside the shop only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from bookstore import orders
from tests.bookstore.conftest import Shop


def value(client: FlaskClient, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_requests_are_counted_by_endpoint_and_status(client: FlaskClient) -> None:
    labels = {"endpoint": "health.healthz", "status": "200"}
    before = value(client, "bookstore_requests_total", **labels)
    timed = value(client, "bookstore_request_seconds_count", endpoint="health.healthz")
    client.get("/healthz")
    assert value(client, "bookstore_requests_total", **labels) == before + 1
    assert value(client, "bookstore_request_seconds_count", endpoint="health.healthz") == timed + 1


def test_made_up_addresses_make_no_new_series(client: FlaskClient) -> None:
    client.get("/wp-admin/setup.php")
    assert "wp-admin" not in client.get("/metrics").text
    assert value(client, "bookstore_requests_total", endpoint="none", status="404") >= 1


def test_a_paid_order_is_counted_once(sqlite_shop: Shop) -> None:
    client = sqlite_shop.app.test_client()
    ana = sqlite_shop.member()
    order = sqlite_shop.order(ana, sqlite_shop.book())
    before = value(client, "bookstore_orders_paid_total")
    for _ in range(2):
        orders.pay(ana, order.id, "card", "payment-1")
    assert value(client, "bookstore_orders_paid_total") == before + 1


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:4860::1", ""])
def test_the_world_does_not_see_them(client: FlaskClient, address: str) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 404


def test_nor_whoever_comes_through_a_proxy(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.3.7"}).status_code == 200


def test_several_processes_add_up(sqlite: dict[str, str], tmp_path: Path) -> None:
    """Each process counts two visits; the last one shows the sum of three processes."""
    program = (
        "from bookstore import create_app\n"
        "client = create_app().test_client()\n"
        "client.get('/healthz'); client.get('/healthz')\n"
        "print(client.get('/metrics').text)\n"
    )
    folder = tmp_path / "metrics"
    folder.mkdir()
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | sqlite | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
    assert 'bookstore_requests_total{endpoint="health.healthz",status="200"} 6.0' in run.stdout
