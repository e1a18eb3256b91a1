"""The catalogue: paging, sorting, filters, and who may change what."""

import base64
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bookstore import catalogue, covers
from bookstore.book_fields import BookFields
from bookstore.catalogue import Query, Sort
from bookstore.errors import BadCover, BookChanged, Invalid, NotAllowed, NotFound
from bookstore.extensions import db
from bookstore.models import Book
from tests.bookstore.conftest import Shop

FIELDS = BookFields("Ficciones", "Borges", 1944, "es", "fiction", "Labyrinths.", Decimal("12.50"), 5)
KEYS: dict[Sort, Callable[[Book], tuple[Any, ...]]] = {
    Sort.NEWEST: lambda book: (-book.id,),
    Sort.TITLE: lambda book: (book.title_key, book.id),
    Sort.PRICE_LOW: lambda book: (book.price, book.id),
    Sort.PRICE_HIGH: lambda book: (-book.price, -book.id),
}


def shelf(shop: Shop, count: int = 23) -> list[Book]:
    """Books with many a price and title in common."""
    return [
        shop.book(
            title=f"{'ÁaBb'[number % 4]} book",
            price=Decimal(number % 5 + 1),
            language=("en", "es", "fr")[number % 3],
            category=("poetry", "drama", None)[number % 3],
            stock=number % 4,
        )
        for number in range(count)
    ]


def walk(query: Query, size: int) -> list[list[int]]:
    """The ids of every page, forward; asserts that the way back shows the same pages."""
    pages = [catalogue.find(query, size=size)]
    assert pages[0].previous is None
    while pages[-1].next:
        pages.append(catalogue.find(query, pages[-1].next, size))
    place = pages[-1]
    for earlier in reversed(pages[:-1]):
        place = catalogue.find(query, place.previous, size)
        assert [book.id for book in place.items] == [book.id for book in earlier.items]
    assert place.previous is None
    return [[book.id for book in page.items] for page in pages]


@pytest.mark.parametrize("sort", list(Sort))
def test_the_pages_hold_every_book_once_and_in_order(shop: Shop, sort: Sort) -> None:
    expected = [book.id for book in sorted(shelf(shop), key=KEYS[sort])]
    pages = walk(Query(sort=sort), 5)
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [number for page in pages for number in page] == expected


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        (Query(language="es"), lambda book: book.language == "es"),
        (Query(category="poetry"), lambda book: book.category == "poetry"),
        (Query(language="es", category="drama"), lambda book: book.language == "es"),
        (Query(language="en", category="drama"), lambda book: False),
        (Query(minimum=Decimal("1.995"), maximum=Decimal("3.004")), lambda book: 2 <= book.price <= 3),
        (Query(language="fr", minimum=Decimal(4)), lambda book: book.language == "fr" and book.price >= 4),
        (Query(in_stock=True), lambda book: book.stock > 0),
        (Query(text="book", in_stock=True, maximum=Decimal(2)), lambda book: book.stock and book.price <= 2),
        (Query(minimum=Decimal("1e30")), lambda book: False),
        (Query(maximum=Decimal(-1)), lambda book: False),
    ],
)
def test_filters_hold_together_with_every_sort(
    shop: Shop, sort: Sort, filters: Query, fits: Callable[[Book], bool]
) -> None:
    expected = [book.id for book in sorted(filter(fits, shelf(shop, 14)), key=KEYS[sort])]
    pages = walk(replace(filters, sort=sort), 3)
    assert [number for page in pages for number in page] == expected


def test_paging_stays_true_while_books_come_and_go(shop: Shop) -> None:
    books = shelf(shop, 8)
    first = catalogue.find(Query(), size=3)
    shop.book()
    catalogue.delete(books[7].seller, books[7].id)
    second = catalogue.find(Query(), first.next, 3)
    assert [book.id for book in second.items] == [book.id for book in books[4:1:-1]]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "AAAA", "null", "W10", "=" * 8, "A" * 2000]
    + [
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for text in (
            '[0,"x"]',
            "[0,1,2]",
            "[0]",
            "[2,1]",
            "[0,1.5]",
            "[0,null]",
            f"[0,{10**30}]",
            "{}",
            "7",
            "[[0],1]",
        )
    ],
)
def test_a_bad_cursor_gives_the_first_page(sqlite_shop: Shop, cursor: str) -> None:
    shelf(sqlite_shop, 3)
    assert catalogue.find(Query(), cursor, 2) == catalogue.find(Query(), size=2)
    catalogue.find(Query(sort=Sort.TITLE), cursor)


def test_languages_and_categories_are_those_of_the_books_on_sale(shop: Shop) -> None:
    shelf(shop)
    assert catalogue.languages() == ["en", "es", "fr"]
    assert catalogue.categories() == ["drama", "poetry"]


def test_an_empty_shop(shop: Shop) -> None:
    assert catalogue.find(Query()).items == []
    assert catalogue.find(Query(text="anything", language="es")).items == []
    assert (catalogue.languages(), catalogue.categories()) == ([], [])


def test_a_page_of_the_catalogue_needs_few_queries(shop: Shop) -> None:
    from sqlalchemy import event

    shelf(shop)
    asked: list[str] = []
    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert catalogue.find(Query()).items[0].title
    assert len([statement for statement in asked if statement != "BEGIN"]) <= 2, asked
    assert "users" not in " ".join(asked), "nobody's account is read to list books"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " \t"),
        ("title", "x" * 201),
        ("title", "a\x00b"),
        ("author", ""),
        ("description", ""),
        ("description", "x" * 5001),
        ("language", "spanish"),
        ("language", "ES"),
        ("language", ""),
        ("year", 3000),
        ("year", -5000),
        ("price", Decimal("NaN")),
        ("price", Decimal("Infinity")),
        ("price", Decimal(-1)),
        ("price", Decimal(0)),
        ("price", Decimal("0.001")),
        ("price", Decimal(100_000)),
        ("stock", -1),
        ("stock", 1_000_001),
    ],
)
def test_what_no_book_can_be_is_refused(sqlite_shop: Shop, field: str, value: object) -> None:
    ana = sqlite_shop.member()
    with pytest.raises(Invalid) as refusal:
        catalogue.add(ana, BookFields(**vars(FIELDS) | {field: value}))
    assert refusal.value.field == field
    assert catalogue.of_seller(ana).items == []


def test_a_seller_sells_changes_and_withdraws(shop: Shop) -> None:
    ana = shop.member()
    book = catalogue.add(ana, replace(FIELDS, title="  Ficciones ", price=Decimal("12.505")))
    assert (book.title, book.price) == ("Ficciones", Decimal("12.51"))
    catalogue.edit(ana, book.id, replace(FIELDS, title="El hacedor", stock=9))
    assert (catalogue.get(book.id).title, catalogue.get(book.id).stock) == ("El hacedor", 9)
    assert [one.id for one in catalogue.of_seller(ana).items] == [book.id]
    catalogue.delete(ana, book.id)
    for gone in (catalogue.get, lambda number: catalogue.delete(ana, number)):
        with pytest.raises(NotFound):
            gone(book.id)
    assert catalogue.of_seller(ana).items == catalogue.find(Query()).items == []
    assert catalogue.find(Query(text="hacedor")).items == []


def test_only_the_owner_changes_a_book(shop: Shop) -> None:
    ana, ben = shop.member(), shop.member("ben")
    book = shop.book(ana)
    with pytest.raises(NotAllowed):
        catalogue.edit(ben, book.id, FIELDS)
    with pytest.raises(NotAllowed):
        catalogue.delete(ben, book.id)
    assert catalogue.get(book.id).author == "Jorge Luis Borges"


@pytest.mark.parametrize("book_id", [0, -1, 999, 2**31, 2**70])
def test_an_unknown_book_is_not_found(shop: Shop, book_id: int) -> None:
    with pytest.raises(NotFound):
        catalogue.get(book_id)
    with pytest.raises(NotFound):
        catalogue.delete(shop.member(), book_id)


def test_a_cover_is_replaced_and_kept(sqlite_shop: Shop) -> None:
    def picture() -> BytesIO:
        data = BytesIO()
        Image.new("RGB", (30, 40), "navy").save(data, "PNG")
        data.seek(0)
        return data

    ana = sqlite_shop.member()
    book = catalogue.add(ana, FIELDS, picture())
    first = book.cover
    assert first
    catalogue.edit(ana, book.id, FIELDS)
    assert book.cover == first
    catalogue.edit(ana, book.id, FIELDS, picture())
    assert book.cover
    assert book.cover != first
    assert covers.path(book.cover).is_file()
    with pytest.raises(NotFound):
        covers.path(first)
    with pytest.raises(BadCover):
        catalogue.edit(ana, book.id, replace(FIELDS, title="Unchanged"), BytesIO(b"no picture"))
    assert catalogue.get(book.id).title == "Ficciones"


def said_of(book: Book, **changes: Any) -> BookFields:
    return BookFields(**{name: getattr(book, name) for name in BookFields.__dataclass_fields__} | changes)


def test_an_edit_keeps_the_stock_that_changed_while_its_form_was_open(shop: Shop) -> None:
    ana, book = shop.member("ana"), shop.book(shop.member("ben"), stock=5)
    shown, typed = catalogue.version(book), said_of(book, title="El Aleph")
    shop.order(ana, book, quantity=2)
    catalogue.edit(book.seller, book.id, typed, version=shown)
    assert (catalogue.get(book.id).title, shop.stock(book)) == ("El Aleph", 3)


def test_an_edit_of_a_book_that_has_changed_meanwhile_is_refused(shop: Shop) -> None:
    ana, book = shop.member("ana"), shop.book(shop.member("ben"), stock=5)
    shown, restocked = catalogue.version(book), said_of(book, stock=8)
    shop.order(ana, book)
    with pytest.raises(BookChanged):
        catalogue.edit(book.seller, book.id, restocked, version=shown)
    assert shop.stock(book) == 4
    shown, dearer = catalogue.version(book), said_of(book, price=Decimal(20))
    catalogue.edit(book.seller, book.id, said_of(book, title="El Aleph"), version=shown)
    with pytest.raises(BookChanged):
        catalogue.edit(book.seller, book.id, dearer, version=shown)
    with pytest.raises(BookChanged):
        catalogue.edit(book.seller, book.id, dearer, version="made up")
    assert (book.title, book.price) == ("El Aleph", Decimal("12.50"))
    catalogue.edit(book.seller, book.id, restocked, version=catalogue.version(book))
    assert shop.stock(book) == 8
