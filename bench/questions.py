"""What the catalogue is asked at every number of books."""

import base64
import json
import re
from urllib.parse import urlencode

from bench.books import COMMON, RARE, USUAL


def addresses(count: int) -> dict[str, str]:
    """The addresses by name, for a shelf of `count` books numbered from 1."""
    return {
        "first page": _catalogue(),
        "page in the middle": _catalogue(cursor=_cursor(count // 2)),
        "first page, by title": _catalogue(sort="title"),
        "first page, by price": _catalogue(sort="price-low"),
        "a rare word (5 books)": _catalogue(q=RARE),
        "a usual word (1 % of the books)": _catalogue(q=USUAL),
        "a common word (half of the books)": _catalogue(q=COMMON),
        "a common and a usual word": _catalogue(q=f"{COMMON} {USUAL}"),
        "a common word, by price": _catalogue(q=COMMON, sort="price-low"),
        "a language": _catalogue(language="es"),
        "a language, a category, a price range": _catalogue(
            language="es", category="novel", min="5", max="60"
        ),
        "a common word in stock, by title": _catalogue(q=COMMON, in_stock="y", sort="title"),
    }


def _catalogue(**asked: str) -> str:
    return f"/book/catalog?{urlencode(asked)}" if asked else "/book/catalog"


def newest_shown(page: bytes) -> int:
    """The number of the first book on a catalogue page, 0 where it shows none."""
    found = re.search(rb"/book/(\d+)", page)
    return int(found.group(1)) if found else 0


def _cursor(number: int) -> str:
    """The cursor of the page after this book, newest first; measuring sees to it that the shop agrees."""
    text = json.dumps([0, number], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
