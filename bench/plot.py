"""The results as a picture: how fast, how it feels to people, and how it grows."""

import math

from bench.results import Results
from tools.drawing import SERIF, Font, Sheet

WIDTH, HEIGHT = 1200, 668
TOP, BOTTOM = 96, 576
COLOURS = {"SQLite": "amber", "MariaDB": "teal"}
YARDSTICK, TARGET = "grey", "target"
PEOPLE_TARGET = 200.0
GROWTH_TARGET = 2.0


def draw(results: Results) -> str:
    """Return the picture as SVG."""
    sheet = Sheet(
        WIDTH,
        HEIGHT,
        "BookStore: the bench",
        "Requests a second beside a bare Flask route, response times for people who think, and how they "
        "grow from a thousand books to a million. The numbers stand in bench.md.",
    )
    sheet.text(26, 46, "How fast is the shop?", Font(family=SERIF, size=24, weight=600, colour="heading"))
    sheet.text(26, 70, f"one core, measured by make bench on {results.machine}", Font(colour="soft"))
    x = WIDTH - 330.0
    for name, colour in (*COLOURS.items(), ("a bare Flask route", YARDSTICK)):
        sheet.box(x, 36, 13, 13, colour)
        sheet.text(x + 19, 47, name, Font(size=12))
        x += 40 + 7.2 * len(name)
    sheet.line(WIDTH - 330, 68, WIDTH - 304, 68, TARGET, width=1.6, dash="5 4")
    sheet.text(WIDTH - 298, 72, "our target", Font(size=12))
    _throughput(sheet, results, 22, 386)
    _people(sheet, results, 424, 320)
    _growth(sheet, results, 760, 418)
    _footer(sheet, results)
    return str(sheet)


def _card(sheet: Sheet, x: float, width: float, title: str, subtitle: str) -> None:
    sheet.box(x, TOP, width, BOTTOM - TOP, "card", edge="card-edge", radius=12)
    sheet.text(x + 18, TOP + 32, title, Font(size=16, weight=600, colour="heading"))
    sheet.text(x + 18, TOP + 52, subtitle, Font(size=12, colour="soft"))


def _throughput(sheet: Sheet, results: Results, x: float, width: float) -> None:
    _card(sheet, x, width, "Requests a second", "without a pause, by users at a time; higher is better")
    left, base, top = x + 18, BOTTOM - 62.0, TOP + 96.0
    pages = [page for page in results.pages if page.name in {"yardstick", "catalogue", "book"}]
    highest = max(page.requests for page in pages)
    users = sorted({page.users for page in pages})
    group = (width - 36) / len(users)
    for number, count in enumerate(users):
        start = left + number * group
        rates = {(page.name, page.database): page.requests for page in pages if page.users == count}
        bare = max(rate for (name, _), rate in rates.items() if name == "yardstick")
        bars = [("yardstick", "", bare, YARDSTICK)]
        for name in ("catalogue", "book"):
            bars += [
                (name, base_, rates[name, base_], COLOURS[base_])
                for base_ in COLOURS
                if (name, base_) in rates
            ]
        step = (group - 14) / len(bars)
        for place, (name, _, rate, colour) in enumerate(bars):
            tall = (base - top) * rate / highest
            at = start + place * step + (6 if name == "book" else 2 if name == "catalogue" else 0)
            sheet.box(at, base - tall, step - 4, tall, colour)
            sheet.text(
                at + (step - 4) / 2, base - tall - 5, _short(rate), Font(size=9.5, colour="soft"), "middle"
            )
        half = base - (base - top) * bare / 2 / highest
        sheet.line(start - 3, half, start + group - 8, half, TARGET, width=1.6, dash="5 4")
        first, pairs = start + step, (len(bars) - 1) / 2
        sheet.text(first + pairs * step / 2, base + 16, "catalogue", Font(size=10, colour="soft"), "middle")
        sheet.text(first + 6 + pairs * step * 1.5, base + 16, "book", Font(size=10, colour="soft"), "middle")
        label = f"{count} user{'s' if count > 1 else ''}"
        sheet.text(start + group / 2 - 7, base + 38, label, Font(size=12, weight=600), "middle")
    sheet.line(left, base, x + width - 18, base, "ink")


def _short(rate: float) -> str:
    """A number that is no wider than its bar."""
    return f"{rate / 1000:.1f}k" if rate >= 1000 else f"{rate:.0f}"


def _people(sheet: Sheet, results: Results, x: float, width: float) -> None:
    people = results.people[0].users
    _card(
        sheet,
        x,
        width,
        f"{people} people in the shop",
        "19 of 20 answers come within, ms (p95)",
    )
    names = sorted({name for one in results.people for name in one.pages})
    values = [timing.p95 for one in results.people for timing in one.pages.values()]
    highest = max(PEOPLE_TARGET * 1.15, *values)
    _dots(
        sheet,
        (x, width, 142),
        names,
        {one.database: {name: timing.p95 for name, timing in one.pages.items()} for one in results.people},
        scale=(0, highest, PEOPLE_TARGET),
        ticks=[tick for tick in (0, 50, 100, 150, 200, 400, 600, 800, 1000) if tick <= highest],
    )


def _growth(sheet: Sheet, results: Results, x: float, width: float) -> None:
    smallest, largest = (pick(results.questions[0].milliseconds) for pick in (min, max))
    _card(sheet, x, width, "Many more books", f"time at {largest:,} books, where {smallest:,} take 1")
    names = list(dict.fromkeys(question.name for question in results.questions))
    ratios: dict[str, dict[str, float]] = {}
    for question in results.questions:
        ratios.setdefault(question.database, {})[question.name] = question.ratio
    highest = max(2.6, *(question.ratio for question in results.questions))
    ticks = [tick for tick in (0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024) if tick <= highest]
    _dots(
        sheet,
        (x, width, 250),
        names,
        ratios,
        scale=(0.5, highest, GROWTH_TARGET),
        ticks=ticks,
        logarithmic=True,
    )


def _dots(
    sheet: Sheet,
    place: tuple[float, float, float],
    names: list[str],
    series: dict[str, dict[str, float]],
    *,
    scale: tuple[float, float, float],
    ticks: list[float],
    logarithmic: bool = False,
) -> None:
    """One row for each name, one dot in it for each database; a dashed line is the promise."""
    x, width, label_width = place
    low, high, target = scale
    left, right, top, base = x + label_width, x + width - 24, TOP + 76.0, BOTTOM - 40.0

    def at(value: float) -> float:
        share = (
            math.log(max(value, low) / low) / math.log(high / low)
            if logarithmic
            else (value - low) / (high - low)
        )
        return left + (right - left) * share

    for tick in ticks:
        sheet.line(at(tick), top - 8, at(tick), base, "pale")
        sheet.text(at(tick), base + 18, f"{tick:g}", Font(size=11, colour="soft"), "middle")
    sheet.line(at(target), top - 8, at(target), base, TARGET, width=1.6, dash="5 4")
    step = (base - top) / len(names)
    for row, name in enumerate(names):
        y = top + (row + 0.5) * step
        sheet.text(left - 12, y + 4, name, Font(size=11.5), "end")
        values = [(database, known[name]) for database, known in series.items() if name in known]
        ends = [at(value) for _, value in values]
        sheet.line(min(ends), y, max(ends), y, "bar", width=2)
        for database, value in values:
            sheet.dot(at(value), y, COLOURS[database])


def _footer(sheet: Sheet, results: Results) -> None:
    facts = [
        *(
            (f"{one.cpu * 100:.0f} %", f"of a core for {one.users} people, {one.database}")
            for one in results.people
        ),
        *(
            (f"{one.load:.0f} MiB", f"under load, {one.workers} workers, {one.database}")
            for one in results.memory
        ),
    ]
    step = (WIDTH - 44) / max(1, len(facts))
    for number, (figure, what) in enumerate(facts):
        sheet.text(26 + number * step, 624, figure, Font(family=SERIF, size=22, weight=600, colour="heading"))
        sheet.text(26 + number * step, 645, what, Font(size=12, colour="soft"))
