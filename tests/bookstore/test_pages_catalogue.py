"""The catalogue for people and for programs: searched, filtered, paged, and light on the database."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event

from bookstore.extensions import db
from tests.bookstore.conftest import Shop
from tests.bookstore.visitor import Visitor


@pytest.fixture
def shelf(sqlite_shop: Shop) -> Visitor:
    """A visitor of a shop with thirty books."""
    for number in range(30):
        sqlite_shop.book(
            title=f"Volume {number:02}",
            price=Decimal(number + 1),
            stock=number % 3,
            language="es" if number % 2 else "en",
            category="novel" if number < 20 else "poetry",
        )
    return Visitor.of(sqlite_shop.app)


def titles(page: str) -> list[str]:
    return [f"Volume {number:02}" for number in range(30) if f">Volume {number:02}</a>" in page]


def test_pages_lead_on_and_back(shelf: Visitor) -> None:
    first = shelf.get("/book/catalog?sort=title").text
    assert len(titles(first)) == 24
    onwards = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = shelf.get(onwards).text
    assert titles(second) == [f"Volume {number:02}" for number in range(24, 30)]
    back = second.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert titles(shelf.get(back).text) == titles(first)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("q=volume+07", 1),
        ("category=poetry", 10),
        ("min=5&max=8,00", 4),
        ("in_stock=1&max=9", 6),
        ("q=nothing", 0),
    ],
)
def test_books_are_found(shelf: Visitor, question: str, count: int) -> None:
    assert len(titles(shelf.get(f"/book/catalog?{question}").text)) == count


@pytest.mark.parametrize(
    "question", ["min=NaN", "max=-1", "sort=odd", "language=xx", "cursor=%00", "min=9&max=1"]
)
def test_a_question_without_sense_is_answered_all_the_same(shelf: Visitor, question: str) -> None:
    assert shelf.get(f"/book/catalog?{question}").status_code == 200
    assert shelf.get(f"/api/books?{question}").status_code == (200 if "cursor" in question else 400)


@pytest.mark.parametrize("path", ["/", "/book/catalog", "/book/1", "/api/books", "/book/catalog?q=volume"])
def test_readers_are_given_no_cookie(shelf: Visitor, path: str) -> None:
    answer = shelf.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_page_of_many_books_asks_the_database_little(shelf: Visitor) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    shelf.get("/book/catalog")
    asked.clear()
    shelf.get("/book/catalog")
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 4, asked


def test_programs_read_every_book_once(shelf: Visitor) -> None:
    found, address = [], "/api/books?sort=price-low"
    while address:
        page = shelf.get(address).json
        assert page
        found += page["items"]
        address = page["next"]
    assert [book["price"]["amount"] for book in found] == [f"{number + 1}.00" for number in range(30)]
    assert shelf.get(f"/api/books/{found[0]['id']}").json == found[0]


def test_programs_are_told_what_is_wrong(shelf: Visitor) -> None:
    missing, wrong = shelf.get("/api/books/999999"), shelf.get("/api/books?min=-1")
    assert missing.mimetype == wrong.mimetype == "application/problem+json"
    assert missing.status_code == 404 and wrong.status_code == 400
    assert wrong.json and "min" in wrong.json["errors"]


def test_the_interface_is_as_described(shelf: Visitor) -> None:
    described = shelf.get("/api/openapi.json").json
    assert described and described["openapi"].startswith("3.1")
    served = {
        rule.rule
        for rule in shelf.client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert set(described["paths"]) == {
        path.replace("<id:book_id>", "{id}") for path in served - {"/api/openapi.json"}
    }
    schemas = described["components"]["schemas"]
    page = shelf.get("/api/books").json
    assert page and set(page) == set(schemas["Page"]["properties"])
    assert set(page["items"][0]) == set(schemas["Book"]["properties"]) == set(schemas["Book"]["required"])
    json.dumps(described)


def test_static_files_are_kept_under_the_hash_of_what_is_in_them(sqlite_app: Flask) -> None:
    visitor = Visitor.of(sqlite_app)
    address = visitor.get("/").text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    assert visitor.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get(address.split("?")[0] + "?v=old").headers["Cache-Control"] == "no-cache"


def test_a_title_is_text_and_never_markup(sqlite_shop: Shop) -> None:
    title = '<script>alert("x")</script>'
    book_id = sqlite_shop.book(title=title).id
    for path in ("/", "/book/catalog", f"/book/{book_id}"):
        assert "<script" not in Visitor.of(sqlite_shop.app).get(path).text


@pytest.mark.parametrize("price", ["1,234", "1.000", "0.125", "1e2"])
def test_a_price_that_could_be_read_in_two_ways_filters_nothing(sqlite_shop: Shop, price: str) -> None:
    sqlite_shop.book(price=Decimal("12.50"))
    visitor = Visitor.of(sqlite_shop.app)
    for limit in ("min", "max"):
        page = visitor.get("/book/catalog", query_string={limit: price})
        assert f'id="{limit}-error"' in page.text and "Ficciones" in page.text
        assert visitor.get("/api/books", query_string={limit: price}).status_code == 400
    assert "Ficciones" in visitor.get("/book/catalog?min=12,5&max=12.50").text
