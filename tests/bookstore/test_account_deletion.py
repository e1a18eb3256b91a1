"""The deletion of an account: the person's data goes, the shop's books and sums stay right."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import func, select

from bookstore import account_deletion, accounts, carts, catalogue, covers, orders
from bookstore.book_fields import BookFields
from bookstore.errors import EmptyCart, Invalid, LastAdministrator, NotFound
from bookstore.models import Book, BookWord, CartItem, Order, OrderStatus, User
from tests.bookstore.conftest import ADDRESS, PASSWORD, Shop
from tests.bookstore.visitor import Visitor, fresh

SPANIARD = {"Accept-Language": "es"}


def test_the_persons_data_goes_and_their_orders_stay(shop: Shop) -> None:
    ana, book = shop.member(), shop.book(stock=5)
    ana_id, paid_id = ana.id, shop.order(ana, book).id
    orders.pay(ana, paid_id, "card", "a-key-of-ana")
    unpaid_id = shop.order(ana, book, quantity=2).id
    carts.add(ana, book.id, 1)
    total = orders.get(ana, paid_id).total
    account_deletion.delete(ana, PASSWORD)
    gone = fresh().get_one(User, ana_id)
    assert (gone.name, "ana" in gone.email, gone.is_administrator) == ("", False, False)
    assert accounts.authenticate("ana@example.com", PASSWORD) is None
    assert accounts.authenticate(gone.email, PASSWORD) is None
    paid, unpaid = fresh().get_one(Order, paid_id), fresh().get_one(Order, unpaid_id)
    assert (paid.status, unpaid.status) == (OrderStatus.PAID, OrderStatus.CANCELLED)
    assert (paid.total, paid.payment and paid.payment.amount) == (total, total)
    for order in (paid, unpaid):
        assert (order.recipient, order.street, order.city) == ("", "", "")
        assert [line.title for line in order.lines] == ["Ficciones"]
    assert shop.stock(book) == 4, "the unpaid order's copies are back, the paid one's are sold"
    assert not fresh().scalars(select(CartItem)).all()
    assert accounts.register("Ana", "ana@example.com", PASSWORD).id != ana_id


def test_their_books_are_withdrawn_and_other_peoples_orders_of_them_stay(shop: Shop) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 90), "navy").save(picture, "PNG")
    picture.seek(0)
    ana, ben = shop.member("ana"), shop.member("ben")
    other = shop.book(title="Rayuela")
    book = shop.book(ana)
    catalogue.edit(ana, book.id, _fields(book), picture)
    name = book.cover
    assert name and covers.path(name)
    order_id = shop.order(ben, book).id
    carts.add(ben, book.id, 1)
    carts.add(ben, other.id, 1)
    account_deletion.delete(ana, PASSWORD)
    with pytest.raises(NotFound):
        catalogue.get(book.id)
    with pytest.raises(NotFound):
        covers.path(name)
    assert [found.title for found in catalogue.find(catalogue.Query()).items] == ["Rayuela"]
    assert not fresh().scalar(select(func.count()).where(BookWord.book_id == book.id))
    assert [line.book.title for line in carts.of(ben).lines] == ["Rayuela"]
    assert [line.title for line in orders.get(ben, order_id).lines] == ["Ficciones"]
    kept = fresh().get_one(Book, book.id)
    assert (kept.description, kept.cover) == ("", None)


def test_other_people_keep_what_is_theirs(shop: Shop) -> None:
    ana, ben = shop.member("ana"), shop.member("ben")
    book = shop.book(ben, stock=5)
    order_id = shop.order(shop.member("eva"), book).id
    account_deletion.delete(ana, PASSWORD)
    assert fresh().get_one(Order, order_id).status is OrderStatus.PENDING
    assert fresh().get_one(Order, order_id).recipient == ADDRESS.recipient
    assert catalogue.get(book.id).stock == 4
    assert accounts.authenticate("ben@example.com", PASSWORD) is not None


def test_a_wrong_password_deletes_nothing(shop: Shop) -> None:
    ana = shop.member()
    with pytest.raises(Invalid):
        account_deletion.delete(ana, "wrong horse")
    with pytest.raises(Invalid):
        account_deletion.delete(accounts.house(), accounts.NO_PASSWORD)
    assert accounts.authenticate("ana@example.com", PASSWORD) is not None


def test_the_last_administrator_stays(shop: Shop) -> None:
    for name in ("ana", "ben"):
        shop.member(name)
    ana = accounts.make_administrator("ana@example.com")
    book = shop.book(ana)
    with pytest.raises(LastAdministrator):
        account_deletion.delete(ana, PASSWORD)
    assert catalogue.get(book.id).title == "Ficciones"
    accounts.make_administrator("ben@example.com")
    account_deletion.delete(ana, PASSWORD)
    with pytest.raises(NotFound):
        catalogue.get(book.id)


def test_who_is_gone_does_nothing_any_more(shop: Shop) -> None:
    """As a request that was under way when another one deleted the account."""
    ana, book = shop.member(), shop.book()
    account_deletion.delete(ana, PASSWORD)
    with pytest.raises(NotFound):
        carts.add(ana, book.id, 1)
    with pytest.raises(NotFound):
        shop.book(ana)
    with pytest.raises((NotFound, EmptyCart)):
        orders.place(ana, ADDRESS, orders.delivery_providers()[0].id, "a-key-of-ana")


def _fields(book: Book) -> BookFields:
    return BookFields(**{name: getattr(book, name) for name in BookFields.__dataclass_fields__})


@pytest.mark.parametrize(
    ("language", "asked", "refused", "done"),
    [
        ("en", "Delete your account", "Your current password is not correct.", "Your account is deleted."),
        ("es", "Elimine su cuenta", "Su contraseña actual no es correcta.", "Su cuenta está eliminada."),
    ],
)
def test_a_member_deletes_the_account_on_its_page(
    sqlite_shop: Shop, language: str, asked: str, refused: str, done: str
) -> None:
    sqlite_shop.member("ana")
    here, elsewhere = Visitor.of(sqlite_shop.app, "ana"), Visitor.of(sqlite_shop.app, "ana")
    here.send("/language", {"language": language})
    page = here.get("/account")
    assert asked in page.text and 'action="/account/delete"' in page.text
    wrong = here.post("/account/delete", password="wrong horse")
    assert wrong.status_code == 400
    assert re.search(rf'id="password-error">{re.escape(refused)}', wrong.text)
    assert here.post("/account/delete").status_code == 400
    assert here.get("/account").status_code == 200
    answer = here.post("/account/delete", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert done in here.get("/").text
    for visitor in (here, elsewhere):
        assert visitor.get("/account").location.startswith("/login")
    assert here.post("/login", email="ana@example.com", password=PASSWORD).status_code == 401


def test_administrators_see_the_orders_of_a_deleted_account(sqlite_shop: Shop) -> None:
    ana, book = sqlite_shop.member("ana"), sqlite_shop.book()
    sqlite_shop.member("ben")
    order_id = sqlite_shop.order(ana, book).id
    orders.pay(ana, order_id, "card", "a-key-of-ana")
    accounts.make_administrator("ben@example.com")
    account_deletion.delete(ana, PASSWORD)
    administrator = Visitor.of(sqlite_shop.app, "ben")
    assert "Deleted account" in administrator.get("/admin/orders").text
    accounts_page = administrator.get("/admin/users").text
    assert "Deleted account" in accounts_page and "deleted-" not in accounts_page
    receipt = administrator.get(f"/order/{order_id}").text
    assert "The address was deleted with the account." in receipt and "Calle 10" not in receipt


def test_the_last_administrator_is_told_why(sqlite_shop: Shop) -> None:
    sqlite_shop.member("ana")
    accounts.make_administrator("ana@example.com")
    visitor = Visitor.of(sqlite_shop.app, "ana")
    answer = visitor.post("/account/delete", password=PASSWORD)
    assert answer.status_code == 409 and "You are the only administrator." in answer.text


@pytest.mark.parametrize("path", ["/account/delete", "/account"])
def test_the_password_of_a_signed_in_account_is_not_guessed(sqlite_shop: Shop, path: str) -> None:
    sqlite_shop.member("ana")
    visitor = Visitor.of(sqlite_shop.app, "ana")
    form = {
        "old": "wrong horse",
        "new": "a new password",
        "again": "a new password",
        "password": "wrong horse",
    }
    statuses = [visitor.post(path, **form).status_code for _ in range(11)]
    assert statuses[:10] == [400] * 10 and statuses[-1] == 429
