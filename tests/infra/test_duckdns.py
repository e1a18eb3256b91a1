"""The record at DuckDNS, against a server that answers like theirs."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.components.aws.endpoint.duckdns import DuckDnsError, DuckDnsProvider

TOKEN = "a7c4d0ad-114e-40ef-ba1d-d217904a50f2"


class DuckDns(ThreadingHTTPServer):
    """Takes updates of `books` with the right token and refuses all others."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[dict[str, list[str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/update"


class _Answer(BaseHTTPRequestHandler):
    server: DuckDns

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.server.asked.append(query)
        known = query["domains"] == ["books"] and query["token"] == [TOKEN]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"OK" if known else b"KO")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def duckdns() -> Iterator[DuckDns]:
    """A server of the test's own."""
    with DuckDns() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def record(duckdns: DuckDns, **changes: str) -> dict[str, str]:
    """Return a record as the resource's properties."""
    return {"domain": "books", "token": TOKEN, "address": "203.0.113.7", "service": duckdns.url} | changes


def test_a_record_is_written_changed_and_cleared(duckdns: DuckDns) -> None:
    provider, old = DuckDnsProvider(), record(duckdns)
    new = record(duckdns, address="203.0.113.8")
    made = provider.create(old)
    assert (made.id, made.outs) == ("books", old)
    assert provider.update("books", old, new).outs == new
    provider.delete("books", new)
    assert [query.get("ip") or query.get("clear") for query in duckdns.asked] == [
        ["203.0.113.7"],
        ["203.0.113.8"],
        ["true"],
    ]


def test_the_same_record_is_no_change_and_another_domain_is_another_record(duckdns: DuckDns) -> None:
    provider, old = DuckDnsProvider(), record(duckdns)
    assert not provider.diff("books", old, record(duckdns)).changes
    moved = provider.diff("books", old, record(duckdns, address="203.0.113.8"))
    assert (moved.changes, moved.replaces) == (True, [])
    assert provider.diff("books", old, record(duckdns, domain="shop")).replaces == ["domain"]


def test_a_refusal_names_the_domain_and_never_the_token(duckdns: DuckDns) -> None:
    with pytest.raises(DuckDnsError) as refusal:
        DuckDnsProvider().create(record(duckdns, domain="others"))
    assert "others" in str(refusal.value)
    assert TOKEN not in str(refusal.value)


def test_a_server_that_is_away_is_an_error_without_the_token(duckdns: DuckDns) -> None:
    gone = record(duckdns)
    duckdns.server_close()
    duckdns.shutdown()
    with pytest.raises(DuckDnsError, match="URLError") as failure:
        DuckDnsProvider().create(gone)
    assert TOKEN not in str(failure.value)
    assert failure.value.__cause__ is None
