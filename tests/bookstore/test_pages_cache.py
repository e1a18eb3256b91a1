"""The cache of finished pages: shared by strangers, and never a way for one visitor's things to another."""

import re
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from flask import Flask, Response, flash, render_template_string
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from bookstore import catalogue, orders
from bookstore.book_fields import BookFields
from bookstore.extensions import db
from bookstore.web import cache
from bookstore.web.helpers import addresses, assets
from bookstore.web.views.browse import Filters
from tests.bookstore.conftest import Shop
from tests.bookstore.visitor import TOKEN, Visitor

PATHS = ("/", "/book/catalog", "/book/catalog?sort=title&q=ficciones")
SPANIARD = {"Accept-Language": "es"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are kept for an hour, so that on a slow machine too only what should ends their time."""
    monkeypatch.setattr(cache, "SECONDS", 3600.0)


@pytest.fixture
def asked(sqlite_app: Flask) -> Iterator[list[str]]:
    """The statements that the database is asked, as they come."""
    statements: list[str] = []

    def note(*call: object) -> None:
        statements.append(str(call[2]))

    with sqlite_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _with_token() -> str:
    return render_template_string("<p>{{ csrf_token() }}</p>")


def _with_message() -> str:
    flash("This is for one visitor alone.")
    return render_template_string("<p>{{ get_flashed_messages() }}</p>")


def _with_cookie() -> Response:
    answer = Response("<p>Yours alone.</p>", mimetype="text/html")
    answer.set_cookie("choice", "theirs")
    return answer


@pytest.mark.parametrize("path", [*PATHS, "/book/{}"])
def test_strangers_share_a_page(sqlite_shop: Shop, asked: list[str], path: str) -> None:
    path = path.format(sqlite_shop.book().id)
    first = Visitor.of(sqlite_shop.app).get(path)
    asked.clear()
    second = Visitor.of(sqlite_shop.app).get(path)
    assert asked == []
    assert second.text == first.text and "Ficciones" in second.text
    assert second.status_code == 200 and second.content_type == first.content_type
    mine = ("X-Request-ID", "Content-Length")
    assert {k: v for k, v in second.headers if k not in mine} == {
        k: v for k, v in first.headers if k not in mine
    }
    assert second.headers["Vary"] == "Accept-Language, Cookie"
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert "Set-Cookie" not in second.headers and "Set-Cookie" not in first.headers


def test_the_order_of_the_questions_makes_no_other_page(sqlite_shop: Shop, asked: list[str]) -> None:
    sqlite_shop.book()
    visitor = Visitor.of(sqlite_shop.app)
    visitor.get("/book/catalog?q=ficciones&sort=title")
    asked.clear()
    assert "Ficciones" in visitor.get("/book/catalog?sort=title&q=ficciones").text
    assert asked == []
    assert "Ficciones" not in visitor.get("/book/catalog?sort=title&q=nothing").text


def test_each_language_has_pages_of_its_own(sqlite_shop: Shop) -> None:
    sqlite_shop.book()
    visitor = Visitor.of(sqlite_shop.app)
    assert '<html lang="en">' in visitor.get("/book/catalog").text
    spanish = visitor.get("/book/catalog", headers=SPANIARD)
    assert '<html lang="es">' in spanish.text and "Catálogo" in spanish.text and "12,50" in spanish.text
    assert spanish.headers["Content-Language"] == "es"
    visitor.send("/language", {"language": "es"})
    assert '<html lang="es">' in visitor.get("/book/catalog").text
    assert '<html lang="en">' in Visitor.of(sqlite_shop.app).get("/book/catalog").text


def test_members_see_their_own_pages(sqlite_shop: Shop) -> None:
    book = sqlite_shop.book()
    for name in ("ana", "ben"):
        sqlite_shop.member(name)
    paths = [*PATHS, f"/book/{book.id}"]
    stranger = Visitor.of(sqlite_shop.app)
    strange = [stranger.get(path).text for path in paths]
    ana, ben = (Visitor.of(sqlite_shop.app, name) for name in ("ana", "ben"))
    ana.post(f"/buy/{book.id}", quantity=3)
    assert "is in your cart" in ana.get("/book/catalog").text
    for path in paths:
        hers, his = ana.get(path), ben.get(path)
        assert "Sign out" in hers.text and "Sign out" in his.text
        assert ">3<span" in hers.text and ">0<span" in his.text
        tokens = [set(TOKEN.findall(page.text)) for page in (hers, his)]
        assert tokens[0] and tokens[1] and not tokens[0] & tokens[1]
        assert "is in your cart" not in hers.text + his.text
        assert hers.headers["Cache-Control"] == "no-store"
    assert [Visitor.of(sqlite_shop.app).get(path).text for path in paths] == strange
    assert not any(TOKEN.search(page) or "Sign out" in page for page in strange)


def test_a_member_s_list_of_books_is_kept_too(sqlite_shop: Shop, asked: list[str]) -> None:
    sqlite_shop.book()
    sqlite_shop.member("ana")
    ana = Visitor.of(sqlite_shop.app, "ana")
    ana.get("/book/catalog")
    asked.clear()
    assert "Ficciones" in ana.get("/book/catalog").text
    assert not [statement for statement in asked if "books" in statement]


def test_a_message_reaches_its_visitor_alone(sqlite_shop: Shop) -> None:
    sqlite_shop.book()
    visitor, other = Visitor.of(sqlite_shop.app), Visitor.of(sqlite_shop.app)
    visitor.get("/cart")  # "Please sign in", shown by the next page whatever it is
    assert "Please sign in" not in other.get("/book/catalog").text
    assert "Please sign in" in visitor.get("/book/catalog").text
    assert "Please sign in" not in other.get("/book/catalog").text


@pytest.mark.parametrize("view", [_with_token, _with_message, _with_cookie])
def test_what_is_one_visitors_own_is_never_kept(
    sqlite_app: Flask, view: Callable[[], str | Response]
) -> None:
    sqlite_app.view_functions["home.home"] = view
    for _ in range(2):
        answer = Visitor.of(sqlite_app).get("/")
        assert "Set-Cookie" in answer.headers, "made for this visitor, not taken from the cache"


def test_a_change_of_a_book_shows_at_once(shop: Shop) -> None:
    seller, buyer = shop.member("ana"), shop.member("ben")
    visitor = Visitor.of(shop.app)

    def pages() -> list[str]:
        return [visitor.get(path).text for path in ("/", "/book/catalog", f"/book/{book.id}")]

    assert "Ficciones" not in visitor.get("/book/catalog").text
    book = shop.book(seller, stock=2)
    assert all("Ficciones" in page for page in pages())
    order = shop.order(buyer, book, quantity=2)
    assert all("Sold out" in page for page in pages())
    orders.cancel(buyer, order.id)
    assert not any("Sold out" in page for page in pages())
    fields = {name: getattr(book, name) for name in BookFields.__dataclass_fields__}
    catalogue.edit(seller, book.id, BookFields(**fields | {"title": "El Aleph"}))
    assert all("El Aleph" in page and "Ficciones" not in page for page in pages())
    catalogue.delete(seller, book.id)
    assert "El Aleph" not in visitor.get("/").text + visitor.get("/book/catalog").text
    assert visitor.get(f"/book/{book.id}").status_code == 404


def test_what_changes_while_a_page_is_made_is_not_hidden_by_it(
    sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = sqlite_shop.book()
    book_id, find = book.id, catalogue.find
    changed = BookFields(
        **{name: getattr(book, name) for name in BookFields.__dataclass_fields__} | {"title": "El Aleph"}
    )
    db.session.rollback()

    def change() -> None:
        with sqlite_shop.app.app_context():
            catalogue.edit(catalogue.get(book_id).seller, book_id, changed)

    def find_and_then_it_changes(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(catalogue, "find", find)
        found = find(*args, **options)
        Context().run(change)
        return found

    visitor = Visitor.of(sqlite_shop.app)
    monkeypatch.setattr(catalogue, "find", find_and_then_it_changes)
    assert "Ficciones" in visitor.get("/book/catalog").text
    assert "El Aleph" in visitor.get("/book/catalog").text


def test_pages_from_the_cache_are_counted_and_logged(
    sqlite_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = Visitor.of(sqlite_app)

    def counted() -> float:
        found = re.search(
            r'bookstore_requests_total{endpoint="browse.catalogue",status="200"} (\S+)',
            visitor.get("/metrics").text,
        )
        return float(found[1]) if found else 0

    visitor.get("/book/catalog")
    before = counted()
    capsys.readouterr()
    visitor.get("/book/catalog", headers={"X-Request-ID": "from-the-cache"})
    assert counted() == before + 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "from-the-cache" in line]
    assert '"route": "/book/catalog"' in line and '"status": 200' in line


def test_pages_do_not_outlive_their_seconds_nor_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 100)
    monkeypatch.setattr(cache, "OVERHEAD", 0)
    monkeypatch.setattr(cache, "SECONDS", 0.0)
    old = cache.Cache()
    old.put("page", b"text")
    assert old.get("page") is None
    monkeypatch.setattr(cache, "SECONDS", 3600.0)
    small = cache.Cache()
    for number in range(20):
        small.put(number, b"x" * 40)
        small.get(0)
    assert [number for number in range(20) if small.get(number)] == [0, 19]
    small.put("large", b"x" * 101)
    assert small.get("large") is None and small.get(19)


def test_arguments_that_the_shop_does_not_know_make_no_other_page(
    sqlite_shop: Shop, asked: list[str]
) -> None:
    book = sqlite_shop.book()
    visitor = Visitor.of(sqlite_shop.app)
    paths = ("/", "/book/catalog?q=ficciones", f"/book/{book.id}")
    plain = [visitor.get(path).text for path in paths]
    asked.clear()
    for number in range(3):
        unknown = [
            visitor.get(f"{path}{'&' if '?' in path else '?'}utm_source={number}&q2=x&min2=3").text
            for path in paths
        ]
        assert unknown == plain, "and nothing of one visitor's address is in another's page"
    assert visitor.get(f"/book/00{book.id}").text == plain[2]
    assert visitor.get("/book/catalog?q=ficciones&q=other").text == plain[1]
    assert asked == []


def test_all_that_a_page_depends_on_is_known(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        assert addresses.ARGUMENTS["browse.catalogue"] == {*Filters(MultiDict())._fields, "cursor"}


def test_who_asks_for_a_file_by_many_names_takes_no_memory(sqlite_app: Flask) -> None:
    visitor = Visitor.of(sqlite_app)
    before = visitor.get("/static/shop.css")
    assert before.headers["Cache-Control"] == "no-cache"
    known = len(assets.fingerprints(sqlite_app))
    for number in range(20):
        assert visitor.get(f"/static/{number}/../shop.css").status_code in (200, 404)
    assert visitor.get(f"/static/{'x' * 300}/../shop.css").status_code in (200, 404)
    assert visitor.get(f"/static/{'../' * 300}shop.css").status_code == 404
    assert len(assets.fingerprints(sqlite_app)) == known
