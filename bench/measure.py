"""The measurements: each starts the servers it needs, asks its question, and stops them again."""

import http.client
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench import books
from bench.load import Timing, hammer, visit
from bench.mariadb import MariaDB, mariadb
from bench.plan import Plan, cores
from bench.questions import addresses, newest_shown
from bench.results import Memory, Page, Question, Results, Thoughtful, middle
from bench.serving import Served, run_command, served, shop, shop_settings
from bench.watching import memory, watching
from bench.yardstick import SIZE_VARIABLE
from probe.bookstore.journey import Account, register
from probe.client import Browser

ENOUGH = "UPDATE books SET stock = 1000000"  # no purchase of the bench must fail for want of copies
SHOP_CORE, OTHER_CORE = cores()


def tell(text: str) -> None:
    """Print what is being measured."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


@contextmanager
def stocked_shop(folder: Path, server: MariaDB | None, name: str, workers: int = 1) -> Iterator[Served]:
    """Serve the shop with the bundled catalogue and plenty of copies, pinned to the shop's core."""
    data = folder / name
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    environment: Mapping[str, str] = {}
    if server:
        server.create_anew(name)
        environment = server.settings(name)
    with shop(data, environment, workers=workers, cores=SHOP_CORE) as it:
        if server:
            server.execute(ENOUGH, database=name)
        else:
            with sqlite3.connect(data / "bookstore.sqlite3") as connection:
                connection.execute(ENOUGH)
        yield it


def throughput(results: Results, plan: Plan, folder: Path, server: MariaDB | None) -> None:
    """Measure pages requested without a pause, in turns with the yardstick, and whole purchases."""
    database = "MariaDB" if server else "SQLite"
    yardstick_log = folder / "yardstick.log"
    with stocked_shop(folder, server, "pages") as it:
        shelf = _get(it.url, "/book/catalog")
        results.page_bytes = len(shelf)
        book = f"/book/{newest_shown(shelf)}"
        size = {SIZE_VARIABLE: str(len(shelf))}
        with served("bench.yardstick:create_app()", yardstick_log, size, cores=SHOP_CORE) as bare:
            targets = {
                "yardstick": (bare.url + "/", ""),
                "catalogue": (f"{it.url}/book/catalog", ""),
                "book": (it.url + book, ""),
                "member": (f"{it.url}/book/catalog", _member(it.url)),
            }
            for users in plan.users:
                tell(f"{database}: pages, {users} users")
                rounds: dict[str, list[Timing]] = {name: [] for name in targets}
                for _ in range(plan.rounds):
                    for name, (url, cookie) in targets.items():
                        rounds[name].append(hammer(url, users, plan.seconds, OTHER_CORE, cookie))
                results.pages += [
                    Page(name, database, users, (best := middle(timings)), best.rate)
                    for name, timings in rounds.items()
                ]
        for users in plan.users:
            tell(f"{database}: purchases, {users} users")
            seen = visit(it.url, users, plan.purchase_seconds, OTHER_CORE, folder, think=0, errand="buy")
            requests = sum(page.rate for page in seen.pages.values())
            whole = seen.errands["buy a book"]
            timing = Timing(whole.rate, whole.p50, whole.p95, whole.p99, seen.failed)
            results.pages.append(Page("purchase", database, users, timing, requests))


def people(results: Results, plan: Plan, folder: Path, server: MariaDB | None) -> None:
    """Measure people who look, think and buy."""
    database = "MariaDB" if server else "SQLite"
    tell(f"{database}: {plan.people} people who think {plan.think} s")
    with stocked_shop(folder, server, "people") as it, watching(it.pid) as use:
        seen = visit(it.url, plan.people, plan.people_seconds, OTHER_CORE, folder, think=plan.think)
    results.people.append(Thoughtful(database, plan.people, plan.think, use.cpu, seen.pages))


def memory_use(results: Results, plan: Plan, folder: Path, server: MariaDB | None) -> None:
    """Measure memory with as many workers as the image starts, at rest and under load."""
    database = "MariaDB" if server else "SQLite"
    workers = 2
    tell(f"{database}: memory of {workers} workers")
    with stocked_shop(folder, server, "memory", workers) as it:
        for _ in range(8):  # both workers have answered once
            _get(it.url, "/book/catalog")
        rest = memory(it.pid)
        with watching(it.pid) as use:
            visit(it.url, plan.people, plan.purchase_seconds, OTHER_CORE, folder, think=0)
    results.memory.append(Memory(database, workers, *rest, use.memory, use.worker))


def scale(results: Results, plan: Plan, folder: Path, server: MariaDB | None) -> None:
    """Measure the same requests with different numbers of books, one at a time by one user."""
    database = "MariaDB" if server else "SQLite"
    medians: dict[str, dict[int, float]] = {}
    for count in plan.shelves:
        environment = _filled(folder, count, server)
        log = folder / f"scale-{count}.log"
        with served("bench.uncached:create_app()", log, environment, ready="/readyz", cores=SHOP_CORE) as it:
            tell(f"{database}: questions to {count} books")
            middle_book = newest_shown(_get(it.url, addresses(count)["page in the middle"]))
            if middle_book != count // 2 - 1:
                raise RuntimeError(f"the page in the middle begins with book {middle_book}")
            for name, times in _asked(it.url, addresses(count), plan.repeats).items():
                medians.setdefault(name, {})[count] = statistics.median(times) * 1000
    results.questions += [Question(name, database, sizes) for name, sizes in medians.items()]


def _filled(folder: Path, count: int, server: MariaDB | None) -> dict[str, str]:
    """Return the environment of a shop with so many made-up books, reusing one made before."""
    name = f"scale{count}"
    data = folder / name
    data.mkdir(exist_ok=True)
    settings = shop_settings(data)
    done = data / ("mariadb" if server else "sqlite")
    if server:
        settings |= server.settings(name)
        if done.exists():
            return settings
        server.create_anew(name)
    elif done.exists():
        return settings
    run_command(settings, "db", "upgrade")
    shelf = books.write(data, count)
    if server:
        books.fill_mariadb(server, name, shelf)
    else:
        books.fill_sqlite(data / "bookstore.sqlite3", shelf)
    done.touch()
    return settings


def _asked(url: str, questions: Mapping[str, str], repeats: int) -> dict[str, list[float]]:
    """Return the seconds of each request, made in turns so that a disturbance hits all alike."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=300)
    times: dict[str, list[float]] = {name: [] for name in questions}
    for turn in range(repeats + 2):
        for name, address in questions.items():
            start = time.perf_counter()
            connection.request("GET", address)
            answer = connection.getresponse()
            body = answer.read()
            taken = time.perf_counter() - start
            if answer.status != 200 or not newest_shown(body):
                raise RuntimeError(f"{address} answered {answer.status} without a book")
            if turn >= 2:  # the first ones fill caches
                times[name].append(taken)
    connection.close()
    return times


def _member(url: str) -> str:
    """Return the cookie of a new member."""
    browser = Browser(url)
    register(browser, Account.throw_away("member"))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def _get(url: str, address: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", address)
    body = connection.getresponse().read()
    connection.close()
    return body


def measure(plan: Plan, folder: Path, results: Results) -> None:
    """Measure everything on every database; `folder` keeps the large data for the next time."""
    for database in plan.databases:
        if database == "SQLite":
            _fill(plan, folder, None)
            _series(results, plan, folder, None)
            continue
        # Started anew once its shelves are full: a server that still tidies up after a million books is busy.
        with mariadb(folder, cores=OTHER_CORE) as server:
            _fill(plan, folder, server)
        with mariadb(folder, cores=OTHER_CORE) as server:
            _series(results, plan, folder, server)


def _fill(plan: Plan, folder: Path, server: MariaDB | None) -> None:
    for count in plan.shelves:
        tell(f"{'MariaDB' if server else 'SQLite'}: a shelf of {count} books")
        _filled(folder, count, server)


def _series(results: Results, plan: Plan, folder: Path, server: MariaDB | None) -> None:
    for series in (throughput, people, memory_use, scale):
        series(results, plan, folder, server)
