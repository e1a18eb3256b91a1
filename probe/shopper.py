"""Somebody whom a load test sends to a shop, and the browser that measures how long they wait there."""

import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from locust import FastHttpUser, constant, events, tag, task
from locust.contrib.fasthttp import FastHttpSession
from locust.exception import StopUser
from locust.stats import calculate_response_time_percentile

from probe.client import Browser, Client, Request
from probe.page import Page, ShopError

NUMBER = re.compile(r"/\d+|/[0-9a-f-]{16,}(\.webp)?")
CHANCE = random.SystemRandom()
LEFT: list[str] = []  # why accounts stay in the shop


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
    """A customer: arrives with an account, looks around four times for each purchase, and leaves."""

    abstract = True
    wait_time = constant(0)  # the browser waits, before each page
    purchase = "buy"  # the name of that errand

    def on_start(self) -> None:
        """Come in with a browser and an account of one's own."""
        self.browser = MeasuredClient(self.host or "", self.client, self._think)
        try:
            self.arrive()
        except ShopError as error:
            raise StopUser from error

    def on_stop(self) -> None:
        """Delete the account, unmeasured; what the shop does not let go is said at the end."""
        try:
            left = self.leave(Browser(self.host or "", cookies=self.client.cookiejar))
        except ShopError as error:
            left = str(error)
        if left:
            LEFT.append(left)

    @tag("look")
    @task(4)
    def look_around(self) -> None:
        """Look at what the shop has."""
        self._run_errand("look around", self.look)

    @tag("buy")
    @task(1)
    def buy_something(self) -> None:
        """Buy something, to the paid order."""
        self._run_errand(self.purchase, self.buy)

    def arrive(self) -> None:
        """Open an account."""
        raise NotImplementedError

    def look(self) -> None:
        """Look around, page by page."""
        raise NotImplementedError

    def buy(self) -> None:
        """Buy something."""
        raise NotImplementedError

    def leave(self, browser: Client) -> str:
        """Delete the account; return why it stays, or nothing."""
        raise NotImplementedError

    def _run_errand(self, name: str, errand: Callable[[], None]) -> None:
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


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def conclude(environment: Any, **_: Any) -> None:
    """Say how many accounts stay, and why; write what was counted into the file that PROBE_OUTCOME names."""
    for why, count in Counter(LEFT).items():
        print(f"{count} account{'s stay' if count > 1 else ' stays'} in the shop: {why}")
    if file := os.environ.get("PROBE_OUTCOME"):
        Path(file).write_text(json.dumps(outcome(environment.stats)))


def outcome(stats: Any) -> dict[str, Any]:
    """Return what `probe.load` gives its verdict on: pages alone, as errands are made of them."""
    pages = [entry for entry in stats.entries.values() if entry.method != "ERRAND" and entry.num_requests]
    times: Counter[int] = Counter()
    for page in pages:
        times.update(page.response_times)
    count = sum(page.num_requests for page in pages)
    slowest = max(pages, key=lambda page: page.get_response_time_percentile(0.95), default=None)
    return {
        "requests": count,
        "failures": sum(entry.num_failures for entry in stats.entries.values()),
        "p95": calculate_response_time_percentile(times, count, 0.95) if count else 0,
        "slowest": (slowest.name, slowest.get_response_time_percentile(0.95)) if slowest else ("", 0),
    }
