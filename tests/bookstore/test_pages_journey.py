"""The way of a book through the pages of the shop: offered, found, ordered, paid, sent."""

import io
import re
from decimal import Decimal

import pytest
from flask import Flask
from PIL import Image

from bookstore.extensions import db
from bookstore.models import Book, Order, OrderStatus, User
from tests.bookstore.conftest import PASSWORD, Shop
from tests.bookstore.visitor import Visitor, fresh

ADDRESS = {"recipient": "Ana Gómez", "street": "Calle 10 # 5-51", "city": "Medellín", "country": "CO"}
OFFER = {
    "title": "A Quiet Harbour",
    "author": "Ana Torres",
    "description": "Letters from a small port.",
    "price": "12,50",
    "stock": "2",
}


@pytest.fixture
def people(sqlite_shop: Shop) -> Shop:
    for name in ("ana", "luis"):
        sqlite_shop.member(name)
    return sqlite_shop


def picture() -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    Image.new("RGB", (60, 90), "navy").save(stream, "PNG")
    stream.seek(0)
    return stream, "cover.png"


def checked_out(buyer: Visitor, provider: int = 1) -> int:
    """The number of the order that the buyer's cart becomes."""
    answer = buyer.post("/checkout", **ADDRESS, provider=provider, key=buyer.key("/checkout"))
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_somebody_registers_and_is_signed_in(sqlite_app: Flask) -> None:
    visitor = Visitor.of(sqlite_app)
    answer = visitor.post("/register?next=/cart", name="Eva", email="eva@example.com", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/cart")
    assert "Welcome, Eva!" in visitor.get("/cart").text


def test_a_book_goes_from_seller_to_buyer(people: Shop) -> None:
    seller, buyer = Visitor.of(people.app, "ana"), Visitor.of(people.app, "luis")

    page = seller.post("/book/add_book", **OFFER, cover=picture()).location
    book = fresh().scalars(db.select(Book)).one()
    assert page == f"/book/{book.id}"
    assert (book.price, book.stock) == (Decimal("12.50"), 2)
    assert buyer.get(f"/cover/{book.cover}").mimetype == "image/webp"
    assert "A Quiet Harbour" in buyer.get("/book/catalog?q=harbour").text

    assert buyer.post(f"/buy/{book.id}", quantity="2").location == "/cart"
    order_id = checked_out(buyer)
    assert "$75.00" in buyer.get(f"/payment/{order_id}").text  # two copies and DHL
    assert buyer.post(f"/delivery/{order_id}", provider=4).location == f"/payment/{order_id}"
    assert "$40.00" in buyer.get(f"/payment/{order_id}").text
    paid = buyer.post(f"/payment/{order_id}", method="card", key=buyer.key(f"/payment/{order_id}"))
    assert paid.location == f"/order/{order_id}"
    assert "Thank you!" in buyer.get(paid.location).text
    assert f"Order {order_id}" in buyer.get("/orders").text
    assert "Sold out" in buyer.get(f"/book/{book.id}").text


def test_an_order_from_abroad_is_delivered_worldwide(people: Shop) -> None:
    book_id = people.book().id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    form = ADDRESS | {"country": "FR", "key": buyer.key("/checkout")}
    refused = buyer.post("/checkout", **form, provider=4)
    assert refused.status_code == 400
    assert re.search(r'id="provider-error">Servientrega delivers within Colombia only', refused.text)
    assert 'value="Ana Gómez"' in refused.text
    order_id = buyer.post("/checkout", **form, provider=1).location.rsplit("/", 1)[1]
    offered = buyer.get(f"/delivery/{order_id}").text
    assert "FedEx" in offered and "Servientrega" not in offered


def test_an_order_is_shipped_and_delivered_by_administrators(people: Shop, sqlite_app: Flask) -> None:
    book = people.book()
    order = people.order(fresh().scalars(db.select(User).filter_by(email="ana@example.com")).one(), book)
    order_id = order.id
    from bookstore import accounts

    accounts.make_administrator("luis@example.com")
    buyer, administrator = Visitor.of(sqlite_app, "ana"), Visitor.of(sqlite_app, "luis")
    buyer.post(f"/payment/{order_id}", method="cash", key="a-key-of-its-own")
    for step, status in (("ship", OrderStatus.SHIPPED), ("deliver", OrderStatus.DELIVERED)):
        assert administrator.post(f"/admin/orders/{order_id}/{step}").status_code == 302
        assert fresh().get_one(Order, order_id).status is status
    assert administrator.post(f"/admin/orders/{order_id}/ship").status_code == 409
    assert "Ana" in administrator.get("/admin/users").text


def test_an_unpaid_order_is_cancelled_after_asking(people: Shop) -> None:
    book_id = people.book(stock=1).id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    order_id = checked_out(buyer)
    assert "Sold out" in buyer.get(f"/book/{book_id}").text
    assert "Cancel order" in buyer.get(f"/order/{order_id}/cancel").text
    assert buyer.post(f"/order/{order_id}/cancel").status_code == 302
    assert "Cancelled" in buyer.get(f"/order/{order_id}").text
    assert "Sold out" not in buyer.get(f"/book/{book_id}").text


def test_a_seller_changes_and_withdraws_a_book(people: Shop) -> None:
    seller = Visitor.of(people.app, "ana")
    page = seller.post("/book/add_book", **OFFER).location
    book_id = int(page.rsplit("/", 1)[1])
    form = seller.get(f"/book/edit_book/{book_id}").text
    assert 'value="A Quiet Harbour"' in form and 'value="12.50"' in form
    assert seller.post(f"/book/edit_book/{book_id}", **OFFER | {"price": "9"}).location == page
    assert "$9.00" in seller.get(page).text
    assert "from sale?" in seller.get(f"/book/delete_book/{book_id}").text
    assert seller.post(f"/book/delete_book/{book_id}").location == "/book/my_books"
    assert seller.get(page).status_code == 404


def test_the_cart_keeps_another_number_of_copies_or_none(people: Shop) -> None:
    book_id = people.book(stock=5).id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    assert buyer.post(f"/cart/{book_id}", quantity="3").status_code == 302
    assert "$37.50" in buyer.get("/cart").text
    refused = buyer.post(f"/cart/{book_id}", quantity="6")
    assert refused.status_code == 409 and "Not enough copies" in refused.text and 'value="6"' in refused.text
    buyer.post(f"/cart/{book_id}", quantity="0")
    assert "Your cart is empty" in buyer.get("/cart").text


def test_a_form_sent_twice_is_one_order_and_one_payment(people: Shop) -> None:
    book_id = people.book().id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    form = {**ADDRESS, "provider": 1, "key": buyer.key("/checkout")}
    first, second = buyer.post("/checkout", **form), buyer.post("/checkout", **form)
    assert first.location == second.location
    order_id = first.location.rsplit("/", 1)[1]
    payment = {"method": "card", "key": buyer.key(f"/payment/{order_id}")}
    assert [buyer.post(f"/payment/{order_id}", **payment).status_code for _ in range(2)] == [302, 302]
    assert len(fresh().scalars(db.select(Order)).all()) == 1


def test_a_new_password_ends_the_other_sessions(people: Shop) -> None:
    here, elsewhere = Visitor.of(people.app, "ana"), Visitor.of(people.app, "ana")
    changed = here.post("/account", old=PASSWORD, new="a new password", again="a new password")
    assert changed.location == "/account"
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").location.startswith("/login")


def test_what_was_typed_is_kept_when_something_is_wrong(people: Shop) -> None:
    seller = Visitor.of(people.app, "ana")
    answer = seller.post("/book/add_book", **OFFER | {"price": "NaN"})
    assert answer.status_code == 400
    assert 'value="A Quiet Harbour"' in answer.text
    assert re.search(r'<input[^>]*aria-describedby="price-error"[^>]*aria-invalid="true"', answer.text)
    assert "such as 12.50" in answer.text


def test_a_book_keeps_its_picture_until_another_is_sent(people: Shop) -> None:
    seller = Visitor.of(people.app, "ana")
    page = seller.post("/book/add_book", **OFFER, cover=picture()).location
    book_id = int(page.rsplit("/", 1)[1])
    before = fresh().get_one(Book, book_id).cover
    assert seller.post(f"/book/edit_book/{book_id}", **OFFER).location == page
    assert fresh().get_one(Book, book_id).cover == before
    assert seller.post(f"/book/edit_book/{book_id}", **OFFER, cover=picture()).location == page
    assert fresh().get_one(Book, book_id).cover not in (None, before)


def test_a_form_that_was_open_too_long_shows_what_is_saved_by_now(people: Shop) -> None:
    seller, buyer = Visitor.of(people.app, "ana"), Visitor.of(people.app, "luis")
    page = seller.post("/book/add_book", **OFFER).location
    book_id = int(page.rsplit("/", 1)[1])
    edit = f"/book/edit_book/{book_id}"

    def shown(text: str) -> str:
        found = re.search(r'name="version"[^>]* value="([^"]+)"', text)
        assert found
        return found[1]

    first, second = shown(seller.get(edit).text), shown(seller.get(edit).text)
    assert first == second
    buyer.post(f"/buy/{book_id}", quantity="1")
    checked_out(buyer)
    assert seller.post(edit, **OFFER | {"price": "20"}, version=first).status_code == 302
    assert fresh().get_one(Book, book_id).stock == 1, "the copy that was sold is not sold again"
    stale = seller.post(edit, **OFFER | {"stock": "9"}, version=second)
    assert stale.status_code == 409
    assert "has changed since you opened this form" in stale.text
    assert re.search(r'id="price-error">Current value: 20.00', stale.text)
    assert re.search(r'id="stock-error">Current value: 1<', stale.text)
    assert 'value="9"' in stale.text and 'id="title-error"' not in stale.text
    assert fresh().get_one(Book, book_id).stock == 1
    assert seller.post(edit, **OFFER | {"stock": "9"}, version=shown(stale.text)).status_code == 302
    assert (fresh().get_one(Book, book_id).stock, fresh().get_one(Book, book_id).price) == (
        9,
        Decimal("12.50"),
    )


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', text)
    assert found, text
    return found[1]


def test_an_order_is_placed_at_the_total_that_was_shown_or_not_at_all(people: Shop) -> None:
    seller, buyer = Visitor.of(people.app, "ana"), Visitor.of(people.app, "luis")
    page = seller.post("/book/add_book", **OFFER).location
    book_id = int(page.rsplit("/", 1)[1])
    buyer.post(f"/buy/{book_id}")
    shown = buyer.get("/checkout").text
    form = {**ADDRESS, "provider": 4, "key": hidden(shown, "key"), "totals": hidden(shown, "totals")}
    seller.post(f"/book/edit_book/{book_id}", **OFFER | {"price": "20"})
    dearer = buyer.post("/checkout", **form)
    assert dearer.status_code == 409
    assert "The total has changed" in dearer.text and "total $35.00" in dearer.text
    assert not fresh().scalars(db.select(Order)).all()
    assert fresh().get_one(Book, book_id).stock == 2
    placed = buyer.post("/checkout", **form | {"totals": hidden(dearer.text, "totals")})
    assert placed.status_code == 302
    assert fresh().scalars(db.select(Order)).one().total == Decimal("35.00")


def test_an_order_is_paid_at_the_total_that_was_shown_or_not_at_all(people: Shop) -> None:
    book_id = people.book().id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    order_id = checked_out(buyer, provider=4)
    shown = buyer.get(f"/payment/{order_id}").text
    form = {"method": "card", "key": hidden(shown, "key"), "total": hidden(shown, "total")}
    assert form["total"] == "27.50"
    buyer.post(f"/delivery/{order_id}", provider=1)  # in another tab
    refused = buyer.post(f"/payment/{order_id}", **form)
    assert refused.status_code == 409
    assert "The total has changed" in refused.text and "Pay $62.50" in refused.text
    assert fresh().get_one(Order, order_id).status is OrderStatus.PENDING
    agreed = form | {"total": hidden(refused.text, "total")}
    assert buyer.post(f"/payment/{order_id}", **agreed).status_code == 302
    payment = fresh().get_one(Order, order_id).payment
    assert payment and payment.amount == Decimal("62.50")


@pytest.mark.parametrize("total", ["", "NaN", "many", "4:x", "9" * 400])
def test_a_total_that_is_none_is_another_one(people: Shop, total: str) -> None:
    book_id = people.book().id
    buyer = Visitor.of(people.app, "ana")
    buyer.post(f"/buy/{book_id}")
    form = {**ADDRESS, "provider": 4, "key": buyer.key("/checkout"), "totals": total}
    answer = buyer.post("/checkout", **form)
    assert answer.status_code == (409 if total else 302)
    order_id = checked_out(buyer, provider=4) if total else int(answer.location.rsplit("/", 1)[1])
    paid = buyer.post(f"/payment/{order_id}", method="card", key="a-key-of-ana", total=total)
    assert paid.status_code == (409 if total else 302)
