"""Somebody whom a load test sends to a shop, and the browser that measures how long they wait there."""

import random
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from locust import FastHttpUser, constant, events
from locust.contrib.fasthttp import FastHttpSession

from probe.client import Client, Request
from probe.page import Page, ShopError

NUMBER = re.compile(r"/\d+|/[0-9a-f-]{16,}(\.webp)?")
CHANCE = random.SystemRandom()


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def add_arguments(parser: Any) -> None:
    """Let whoever starts Locust say how long customers think."""
    parser.add_argument("--think", type=float, default=3.0, help="seconds before each page, on average")


class MeasuredClient(Client):
    """A browser that tells Locust how long each page took, redirects included.

    Addresses that differ in a number are one page. `waited` sums up the milliseconds; `think` is called
    before each.
    """

    def __init__(self, root: str, session: FastHttpSession, think: Callable[[], None]) -> None:
        self.waited = 0.0
        self._root = root.rstrip("/") + "/"
        self._session = session
        self._think = think

    def send(self, request: Request) -> Page:
        """The page that the request leads to, after redirects."""
        self._think()
        address = urljoin(self._root, request.address)
        start = time.perf_counter()
        with self._session.request(
            request.method,
            address,
            name=NUMBER.sub("/…", urlsplit(address).path),
            data=request.body,  # type: ignore[arg-type]  # bytes are sent as they are
            headers=dict(request.headers),
            catch_response=True,
        ) as answer:
            self.waited += (time.perf_counter() - start) * 1000
            if not 200 <= answer.status_code < 400:
                answer.failure(f"answered {answer.status_code}")
            return Page(
                answer.url or address, answer.status_code, answer.content or b"", answer.headers or {}
            )


class Shopper(FastHttpUser):
    """Whoever visits a shop: thinks before each page, and reports each errand."""

    abstract = True
    wait_time = constant(0)  # the browser waits, before each page

    def on_start(self) -> None:
        """Come in with a browser of one's own."""
        self.browser = MeasuredClient(self.host or "", self.client, self._think)

    def run_errand(self, name: str, errand: Callable[[], None]) -> None:
        """Report an errand like a page, with the time spent waiting for the shop and none of the thinking."""
        before, failure = self.browser.waited, None
        try:
            errand()
        except ShopError as error:
            failure = error
        self.environment.events.request.fire(
            request_type="ERRAND",
            name=name,
            response_time=self.browser.waited - before,
            response_length=0,
            exception=failure,
            context={},
        )

    def _think(self) -> None:
        average = self.environment.parsed_options.think if self.environment.parsed_options else 0
        time.sleep(CHANCE.uniform(0.5, 1.5) * average)
