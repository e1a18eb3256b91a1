"""What the shop's pages must never allow, whoever asks."""

import base64
import io
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from bookstore import accounts
from bookstore.extensions import db
from bookstore.models import Book, CartItem, Order, OrderStatus, Payment, User
from tests.bookstore.conftest import PASSWORD, Shop
from tests.bookstore.test_pages_fuzz import FIELDS
from tests.bookstore.visitor import Visitor, apart, fresh

OFFER = {"title": "T", "author": "A", "description": "D", "price": "5.00", "stock": "1"}
MEMBERS = (
    "/cart",
    "/checkout",
    "/orders",
    "/account",
    "/book/my_books",
    "/book/add_book",
    "/payment/1",
    "/order/1",
)
FORMS = (
    "/register",
    "/login",
    "/account",
    "/book/add_book",
    "/book/edit_book/2",
    "/buy/1",
    "/cart/1",
    "/checkout",
    "/delivery/1",
    "/payment/1",
    "/language",
)


@pytest.fixture
def people(sqlite_shop: Shop) -> Shop:
    for name in ("ana", "luis"):
        sqlite_shop.member(name)
    return sqlite_shop


def account(name: str) -> User:
    found: User = fresh().scalars(db.select(User).filter_by(email=f"{name}@example.com")).one()
    return found


@pytest.mark.parametrize("path", MEMBERS)
def test_members_pages_ask_visitors_to_sign_in_and_lead_back(sqlite_app: Flask, path: str) -> None:
    assert Visitor.of(sqlite_app).get(path).location == f"/login?next={path}"


@pytest.mark.parametrize("path", ["/admin/users", "/admin/orders"])
def test_administration_is_closed_to_members(people: Shop, path: str) -> None:
    assert Visitor.of(people.app).get(path).location.startswith("/login")
    assert Visitor.of(people.app, "ana").get(path).status_code == 403
    assert Visitor.of(people.app, "ana").post("/admin/orders/1/ship").status_code == 403


def test_administrators_read_the_accounts_page_by_page(people: Shop) -> None:
    for number in range(50):
        people.member(f"member{number:02}")
    accounts.make_administrator("ana@example.com")
    administrator = Visitor.of(people.app, "ana")
    first = administrator.get("/admin/users").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = administrator.get(following[1].replace("&amp;", "&")).text
    shown = [set(re.findall(r"[a-z0-9]+@example\.com", page)) for page in (first, second)]
    assert len(shown[0]) == 50 and not shown[0] & shown[1]
    assert "luis@example.com" in shown[1]


@pytest.mark.parametrize("path", ["/", "/book/catalog", "/book/1", "/login", "/nowhere"])
def test_a_page_fetches_nothing_from_elsewhere(people: Shop, path: str) -> None:
    people.book()
    page = Visitor.of(people.app).get(path).text
    fetched = re.findall(r'<(?:link|script|img|source|iframe)[^>]+(?:href|src)="([^"]+)"', page)
    assert fetched and all(re.match(r"/\w", address) for address in fetched)


def test_every_form_needs_the_token_of_its_own_session(people: Shop) -> None:
    visitor = Visitor.of(people.app, "ana")
    rules = [rule for rule in people.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    paths = {re.sub(r"<[^>]+>", "1", rule.rule) for rule in rules} - {"/language"}
    assert len(paths) > 12
    for path in paths:
        answer = visitor.send(path, {"csrf_token": "forged"})
        assert answer.status_code == 400, path
        assert "This form has expired" in answer.text


def test_nobody_is_signed_out_by_a_link(people: Shop) -> None:
    visitor = Visitor.of(people.app, "ana")
    assert visitor.get("/logout").status_code == 405
    assert visitor.get("/account").status_code == 200
    assert visitor.post("/logout").location == "/"
    assert visitor.get("/account").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_out_of_the_shop(people: Shop, target: str) -> None:
    visitor = Visitor.of(people.app)
    fields = {"csrf_token": visitor.token(), "email": "ana@example.com", "password": PASSWORD}
    answer = visitor.send("/login?" + urlencode({"next": target}), fields)
    assert answer.location == "/"


def test_an_address_that_is_taken_is_said_beside_its_field(people: Shop) -> None:
    visitor = Visitor.of(people.app)
    answer = visitor.post("/register", name="Ana", email="ANA@example.com", password=PASSWORD)
    assert answer.status_code == 409
    assert re.search(r'id="email-error">An account with this e-mail address already exists', answer.text)


@pytest.mark.parametrize("missing", ["name", "email", "password"])
@pytest.mark.parametrize("how", ["absent", "blank"])
def test_no_account_without_name_address_and_password(sqlite_app: Flask, missing: str, how: str) -> None:
    fields = {"name": "Eva", "email": "eva@example.com", "password": PASSWORD}
    if how == "absent":
        del fields[missing]
    else:
        fields[missing] = "   "
    answer = Visitor.of(sqlite_app).post("/register", **fields)
    assert answer.status_code == 400
    assert f'id="{missing}-error"' in answer.text


def test_a_wrong_password_tells_nothing_and_is_limited(people: Shop) -> None:
    visitor = Visitor.of(people.app)
    known = visitor.post("/login", email="ana@example.com", password="wrong password")
    unknown = visitor.post("/login", email="nobody@example.com", password="wrong password")
    assert known.status_code == unknown.status_code == 401
    assert "is not correct" in known.text and "is not correct" in unknown.text
    statuses = [
        visitor.post("/login", email="ana@example.com", password=str(n)).status_code for n in range(12)
    ]
    assert statuses[-1] == 429
    assert "Too many attempts" in visitor.post("/login", email="ana@example.com", password="x").text


AMBIGUOUS = ["1,234", "1.234", "1,000", "0.125", "1_000", "1e2", "12.", "1 000"]


@pytest.mark.parametrize(
    "price", ["NaN", "Infinity", "-1", "-0.01", "1e400", "", "free", "1,000.00", "1.000,00", "0", *AMBIGUOUS]
)
def test_no_book_at_a_price_that_is_none(people: Shop, price: str) -> None:
    answer = Visitor.of(people.app, "ana").post("/book/add_book", **OFFER | {"price": price})
    assert answer.status_code == 400
    assert 'id="price-error"' in answer.text
    assert not fresh().scalars(db.select(Book)).all()


@pytest.mark.parametrize("missing", ["title", "author", "description", "price", "stock"])
def test_no_book_without_what_it_needs(people: Shop, missing: str) -> None:
    seller = Visitor.of(people.app, "ana")
    for form in ({key: value for key, value in OFFER.items() if key != missing}, OFFER | {missing: " "}):
        answer = seller.post("/book/add_book", **form)
        assert answer.status_code == 400
        assert f'id="{missing}-error"' in answer.text


@pytest.mark.parametrize("quantity", ["-1", "0", "1.5", "many", "", "999999999999999999999"])
def test_no_quantity_but_a_positive_number(people: Shop, quantity: str) -> None:
    book_id = people.book(stock=3).id
    buyer = Visitor.of(people.app, "ana")
    answer = buyer.post(f"/buy/{book_id}", quantity=quantity)
    assert answer.status_code == 400 and 'id="quantity-error"' in answer.text
    assert not fresh().scalars(db.select(CartItem)).all()


def test_the_buyer_does_not_name_the_price(people: Shop) -> None:
    book_id = people.book().id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}", quantity="1", price="0.01", total="0.01")
    assert "$12.50" in buyer.get("/cart").text


def test_sellers_do_not_buy_from_themselves(people: Shop) -> None:
    book_id = people.book(account("ana")).id
    seller = Visitor.of(people.app, "ana")
    assert "Add to cart" not in seller.get(f"/book/{book_id}").text
    assert seller.post(f"/buy/{book_id}").status_code == 400


def test_other_peoples_orders_are_not_shown_paid_or_changed(people: Shop) -> None:
    order_id = people.order(account("ana"), people.book()).id
    other = Visitor.of(people.app, "luis")
    for path in (
        f"/order/{order_id}",
        f"/payment/{order_id}",
        f"/delivery/{order_id}",
        f"/order/{order_id}/cancel",
    ):
        assert other.get(path).status_code == 404
    assert other.post(f"/payment/{order_id}", method="card", key="a-key-of-luis").status_code == 404
    assert other.post(f"/delivery/{order_id}", provider=1).status_code == 404
    assert other.post(f"/order/{order_id}/cancel").status_code == 404
    assert fresh().get_one(Order, order_id).status is OrderStatus.PENDING


@pytest.mark.parametrize("action", ["payment/123456", "delivery/123456", "order/123456/cancel"])
def test_nothing_is_done_to_an_order_that_is_not_there(people: Shop, action: str) -> None:
    buyer = Visitor.of(people.app, "ana")
    assert buyer.get(f"/{action}").status_code == 404
    fields = {"method": "card", "provider": "1", "key": "a-key-of-ana"}
    assert buyer.post(f"/{action}", **fields).status_code == 404


def test_no_form_breaks_without_its_fields(people: Shop) -> None:
    seller = Visitor.of(people.app, "ana")
    people.order(account("ana"), people.book())
    people.book(account("ana"))
    for path in FORMS:
        assert seller.post(path).status_code in (302, 400), path


def test_other_peoples_books_are_not_changed(people: Shop) -> None:
    book_id = people.book(account("ana")).id
    other = Visitor.of(people.app, "luis")
    assert other.get(f"/book/edit_book/{book_id}").status_code == 403
    assert other.post(f"/book/edit_book/{book_id}", **OFFER).status_code == 403
    assert other.post(f"/book/delete_book/{book_id}").status_code == 403


def test_a_payment_is_the_orders_total_by_a_known_method(people: Shop) -> None:
    order_id = people.order(account("ana"), people.book()).id
    buyer = Visitor.of(people.app, "ana")
    assert buyer.post(f"/payment/{order_id}", method="shells", key="a-key-of-ana").status_code == 400
    assert 'id="method-error"' in buyer.post(f"/payment/{order_id}", key="a-key-of-ana").text
    assert (
        buyer.post(f"/payment/{order_id}", method="card", key="a-key-of-ana", amount="0").status_code == 302
    )
    payment = fresh().scalars(db.select(Payment)).one()
    assert payment.amount == fresh().get_one(Order, order_id).total


def test_a_delivery_provider_that_does_not_exist_is_refused(people: Shop) -> None:
    order_id = people.order(account("ana"), people.book()).id
    buyer = Visitor.of(people.app, "ana")
    for provider in ("999", "drone", ""):
        assert buyer.post(f"/delivery/{order_id}", provider=provider).status_code == 400


def test_a_deleted_book_leaves_its_orders_readable(people: Shop) -> None:
    seller = Visitor.of(people.app, "luis")
    book = people.book(account("luis"), title="Gone Tomorrow")
    book_id, order_id = book.id, people.order(account("ana"), book).id
    assert seller.post(f"/book/delete_book/{book_id}").status_code == 302
    assert "Gone Tomorrow" in Visitor.of(people.app, "ana").get(f"/order/{order_id}").text


@pytest.mark.parametrize(
    "path", ["/book/0", "/book/99999999999999999999", "/order/123456", "/cover/..", "/cover/x.webp"]
)
def test_what_is_not_there_is_a_page_of_ours_with_an_id(people: Shop, path: str) -> None:
    answer = Visitor.of(people.app, "ana").get(path)
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_file_too_large_is_said_so(people: Shop) -> None:
    seller = Visitor.of(people.app, "ana")
    answer = seller.post("/book/add_book", **OFFER, cover=(io.BytesIO(b"x" * (7 * 1024 * 1024)), "cover.png"))
    assert answer.status_code == 413
    text = seller.post("/book/add_book", **OFFER, cover=(io.BytesIO(b"<svg onload=alert(1)>"), "c.png"))
    assert text.status_code == 400 and 'id="cover-error"' in text.text


def test_members_are_told_when_the_database_is_gone(people: Shop, sqlite: dict[str, str]) -> None:
    people.app.config["PROPAGATE_EXCEPTIONS"] = False
    member = Visitor.of(people.app, "ana")
    fresh().remove()
    db.engine.dispose()
    file = Path(sqlite["DATABASE_FILE"])
    file.unlink()
    file.mkdir()
    for path in ("/", "/cart", "/nothing"):
        answer = member.get(path)
        assert answer.status_code == 503
        assert "The shop is temporarily unavailable" in answer.text
        assert answer.headers["X-Request-ID"] in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers, "a shared cache may keep an error, cookie included"


def test_a_failure_of_ours_shows_no_traceback(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("bookstore.catalogue.find", broken)
    answer = sqlite_app.test_client().get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text and "Traceback" not in answer.text


def cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "odd",
    [
        cursor(0, "\ud800", 1),
        cursor(1, "a\udfff", 1),
        cursor(0, "x" * 500, 2**62),
        "W" * 1000,
        "é",
        "%ed%a0%80",
    ],
)
def test_a_cursor_that_nobody_was_given_shows_the_first_page(sqlite_shop: Shop, odd: str) -> None:
    sqlite_shop.book()
    visitor = Visitor.of(sqlite_shop.app)
    for path in ("/book/catalog", "/api/books"):
        answer = visitor.get(path, query_string={"sort": "title", "cursor": odd})
        assert answer.status_code == 200


@pytest.mark.parametrize("name", ["remember_token", "session", "language"])
@pytest.mark.parametrize("value", ["1|\xe9", "\xff\xfe", "1|abc", "|", ""])
def test_a_cookie_that_is_none_of_ours_is_ignored(people: Shop, name: str, value: str) -> None:
    client = people.app.test_client(use_cookies=False)
    header = f"{name}={value}".encode().decode("latin-1")
    for path in ("/", "/cart", "/login"):
        for raw in (header, f"{name}={value}"):
            answer = apart(lambda path=path, raw=raw: client.get(path, headers={"Cookie": raw}))  # type: ignore[misc]
            assert answer.status_code in (200, 302)


@pytest.mark.parametrize("body", [[1], [[1, 2, 3]], {"email": {"a": 1}, "password": 5}, "text", 7, None])
@pytest.mark.parametrize("path", [*FORMS, "/account/delete"])
def test_a_body_of_json_is_no_form(people: Shop, path: str, body: object) -> None:
    people.order(account("ana"), people.book())
    people.book(account("ana"))
    visitor = Visitor.of(people.app, "ana")
    headers = {"X-CSRFToken": visitor.token()}
    answer = apart(lambda: visitor.client.post(path, json=body, headers=headers))
    assert answer.status_code in (302, 400)
    assert fresh().scalars(db.select(Book)).first() is not None


@pytest.mark.parametrize("path", [*FORMS, "/account/delete"])
def test_a_file_is_no_text_and_a_text_no_file(people: Shop, path: str) -> None:
    people.order(account("ana"), people.book())
    people.book(account("ana"))
    visitor = Visitor.of(people.app, "ana")
    names = {name for fields in (OFFER, FIELDS) for name in fields}
    files = {name: (io.BytesIO(b"\x89PNG"), "cover.png") for name in names}
    answer = visitor.post(path, **files | {"cover": "a text"})
    assert answer.status_code in (302, 400)
