"""No page breaks, whatever is asked of it."""

import re
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookstore import accounts
from tests.bookstore.conftest import PASSWORD, Shop
from tests.bookstore.visitor import Visitor

FIELDS = [
    "name",
    "email",
    "password",
    "old",
    "new",
    "again",
    "title",
    "author",
    "description",
    "description_es",
    "price",
    "stock",
    "quantity",
    "year",
    "language",
    "category",
    "method",
    "provider",
    "key",
    "recipient",
    "street",
    "city",
    "country",
    "next",
    "q",
    "min",
    "max",
    "sort",
    "in_stock",
    "cursor",
    "cover",
]
SAID = (
    st.sampled_from(
        ["", " ", "0", "1", "-1", "2", "NaN", "1e9", "es", "CO", "card", "novel", "ana@example.com", PASSWORD]
    )
    | st.integers().map(str)
    | st.text(max_size=40)
)
FORMS = st.dictionaries(st.sampled_from(FIELDS), SAID, max_size=10)


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every (method, address) of the shop's own pages."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("static", "metrics.show")]
    return [(method, rule.rule) for rule in rules for method in (rule.methods or set()) & {"GET", "POST"}]


def test_no_page_breaks(sqlite_shop: Shop) -> None:
    app = sqlite_shop.app
    app.config["RATELIMIT_ENABLED"] = False
    ana, luis = sqlite_shop.member("ana"), sqlite_shop.member("luis")
    for seller in (ana, luis):
        sqlite_shop.book(seller)
    sqlite_shop.order(ana, sqlite_shop.book(luis))
    accounts.make_administrator("luis@example.com")
    visitors = [Visitor.of(app), Visitor.of(app, "ana"), Visitor.of(app, "luis")]
    pages = sorted(addresses(app))

    @settings(
        max_examples=300,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        visitor=st.sampled_from(visitors), page=st.sampled_from(pages), number=st.integers(0, 5), form=FORMS
    )
    def ask(visitor: Visitor, page: tuple[str, str], number: int, form: dict[str, Any]) -> None:
        method, rule = page
        path = re.sub(r"<[^>]+>", str(number), rule)
        answer = visitor.get(path, query_string=form) if method == "GET" else visitor.post(path, **form)
        assert answer.status_code < 500, (method, path, form)

    ask()
