"""The results as Markdown, with each promise and whether it is kept."""

from collections.abc import Iterable, Sequence

from bench.plot import GROWTH_TARGET, PEOPLE_TARGET
from bench.results import Results
from bookstore.web.cache import SECONDS

SMALL_MACHINE = 1024.0  # MiB: a t3.micro
NAMES = {
    "yardstick": "bare Flask route",
    "member": "catalogue page, signed in",
    "purchase": "purchase, whole",
}
SYSTEM = 350.0  # MiB that the operating system, NGINX and Docker want of it


def write(results: Results) -> str:
    """Return the page in Markdown."""
    return "\n".join(
        [
            "# The bench",
            "",
            "Made by `make bench`; do not edit. " + _provenance(results),
            "",
            "![The results as a picture](bench.svg)",
            "",
            *_promises(results),
            *_throughput(results),
            *_people(results),
            *_growth(results),
            *_memory(results),
        ]
    )


def _provenance(results: Results) -> str:
    quick = " A quick run, to see that the bench works: its numbers mean nothing." if results.quick else ""
    return (
        f"Measured on {results.date} at commit {results.commit} on {results.machine}. "
        "gunicorn has one core; the load (wrk, Locust) and MariaDB share another."
        f"{quick}"
    )


def _promises(results: Results) -> list[str]:
    rates = {(page.name, page.database, page.users): page.requests for page in results.pages}
    shares = [
        rate / rates["yardstick", database, users]
        for (name, database, users), rate in rates.items()
        if name == "catalogue"
    ]
    slowest = max(timing.p95 for one in results.people for timing in one.pages.values())
    growth = max(results.questions, key=lambda question: question.ratio)
    largest = max(one.load for one in results.memory)
    failed = sum(page.timing.failed for page in results.pages) + sum(
        timing.failed for one in results.people for timing in one.pages.values()
    )
    rows = [
        (
            "The catalogue serves visitors at least half as many requests a second as a bare Flask route",
            f"{min(shares):.0%} to {max(shares):.0%}",
            min(shares) >= 0.5,
        ),
        (
            f"Every page answers {results.people[0].users} people in {PEOPLE_TARGET:.0f} ms (p95)",
            f"the slowest: {slowest:.0f} ms",
            slowest <= PEOPLE_TARGET,
        ),
        (
            f"No page takes more than {GROWTH_TARGET:.0f} times as long at the most books as at the fewest",
            f"the most: {growth.ratio:.1f} ({growth.name}, {growth.database})",
            growth.ratio <= GROWTH_TARGET,
        ),
        (
            "The service fits a machine with 1 GiB beside the system",
            f"{largest:.0f} MiB",
            largest <= SMALL_MACHINE - SYSTEM,
        ),
        ("No request fails under any load", f"{failed} failed", failed == 0),
    ]
    kept = [(promise, value, "kept" if well else "**missed**") for promise, value, well in rows]
    return ["## What is promised", "", *_table(("promise", "measured", ""), kept, numbers=())]


def _throughput(results: Results) -> list[str]:
    rows = []
    bare = {(page.database, page.users): page.requests for page in results.pages if page.name == "yardstick"}
    for page in results.pages:
        t = page.timing
        share = f"{page.requests / bare[page.database, page.users]:.0%}"
        name = NAMES.get(page.name, f"{page.name} page")
        rows.append(
            (
                *(name, page.database, str(page.users), f"{page.requests:.0f}", share),
                *(f"{t.p50:.1f}", f"{t.p95:.1f}", f"{t.p99:.1f}", str(t.failed)),
            )
        )
    return [
        "## Without a pause",
        "",
        f"Every user asks again as soon as the answer is there. The bare route renders a template of "
        f"{results.page_bytes:,} bytes, as long as the catalogue page, and asks no database. A purchase "
        "is its pages from the catalogue to the paid order: milliseconds are those of the whole.",
        "",
        "The catalogue and book pages are asked for by visitors without an account, as most are. The shop "
        f"keeps such a page for {SECONDS:g} seconds, or until a book changes, so nearly all of these answers "
        "come from the memory of the process; whoever is signed in gets a page of their own, whose list of "
        "books and form to search them are kept in the same way.",
        "",
        *_table(
            ("", "database", "users", "requests/s", "of bare", "p50 ms", "p95 ms", "p99 ms", "failed"), rows
        ),
    ]


def _people(results: Results) -> list[str]:
    lines = ["## People", ""]
    for one in results.people:
        lines += [
            f"{one.users} people on {one.database} think {one.think:g} s before each page on average and "
            f"look around four times for each purchase: {one.rate:.1f} requests/s, "
            f"**{one.cpu:.0%} of one core**.",
            "",
            *_table(
                ("page", "p50 ms", "p95 ms", "p99 ms", "failed"),
                [
                    (f"`{name}`", f"{t.p50:.0f}", f"{t.p95:.0f}", f"{t.p99:.0f}", str(t.failed))
                    for name, t in one.pages.items()
                ],
            ),
        ]
    return lines


def _growth(results: Results) -> list[str]:
    sizes = sorted(results.questions[0].milliseconds)
    return [
        "## More books",
        "",
        "The median of one user's requests for whole pages, in milliseconds, none of them from the shop's "
        "cache; the last column is how many times as long the largest shelf takes as the smallest.",
        "",
        *_table(
            ("", "database", *(f"{size:,} books" for size in sizes), "ratio"),
            [
                (
                    *(question.name, question.database),
                    *(f"{question.milliseconds[size]:.1f}" for size in sizes),
                    f"{question.ratio:.2f}",
                )
                for question in results.questions
            ],
        ),
    ]


def _memory(results: Results) -> list[str]:
    return [
        "## Memory",
        "",
        "MiB of gunicorn with its workers, memory that they share counted once.",
        "",
        *_table(
            ("", "workers", "at rest", "largest process", "under load", "largest process"),
            [
                (
                    *(one.database, str(one.workers), f"{one.rest:.0f}", f"{one.rest_worker:.0f}"),
                    *(f"{one.load:.0f}", f"{one.load_worker:.0f}"),
                )
                for one in results.memory
            ],
        ),
    ]


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] | None = None
) -> list[str]:
    """A Markdown table and an empty line; `numbers` are the columns set to the right."""
    right = range(2 if "database" in head else 1, len(head)) if numbers is None else numbers
    marks = ["---:" if place in right else "---" for place in range(len(head))]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)] + [""]
