"""Orders: what is charged, who may do what, and that nothing happens twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from bookstore import carts, catalogue, orders
from bookstore.book_fields import BookFields
from bookstore.errors import (
    EmptyCart,
    IllegalTransition,
    Invalid,
    NotFound,
    OutOfReach,
    OutOfStock,
    OwnBook,
    PaymentRefused,
    UnknownProvider,
)
from bookstore.extensions import db
from bookstore.models import DeliveryProvider, Order, OrderStatus, Payment, now
from bookstore.orders import Address
from bookstore.transactions import transaction
from tests.bookstore.conftest import ADDRESS, Shop


@transaction
def overdue(order: Order) -> None:
    """Let the order's time run out."""
    db.session.execute(
        update(Order).where(Order.id == order.id).values(expires_at=now() - timedelta(seconds=1))
    )


def test_the_total_is_goods_and_delivery_at_the_shops_own_prices(shop: Shop) -> None:
    ana = shop.member()
    one, two = shop.book(price=Decimal("12.50")), shop.book(title="El Aleph", price=Decimal("0.10"))
    carts.add(ana, one.id, 2)
    order = shop.order(ana, two, quantity=3)
    assert (order.subtotal, order.delivery_price, order.total) == (
        Decimal("25.30"),
        Decimal("50.00"),
        Decimal("75.30"),
    )
    assert [(line.title, line.quantity, line.total) for line in order.lines] == [
        ("Ficciones", 2, Decimal("25.00")),
        ("El Aleph", 3, Decimal("0.30")),
    ]
    assert (shop.stock(one), shop.stock(two)) == (3, 2)
    assert carts.of(ana).count == 0


def test_the_price_is_the_one_at_the_moment_of_the_order(shop: Shop) -> None:
    ana, book = shop.member(), shop.book(price=Decimal("10.00"))
    carts.add(ana, book.id, 1)
    seller = book.seller
    catalogue.edit(
        seller,
        book.id,
        BookFields("Ficciones", "Borges", None, "es", None, "Dearer.", Decimal("11.00"), 5),
    )
    assert shop.order(ana).subtotal == Decimal("11.00")


def test_a_repeated_form_is_one_order(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    first = shop.order(ana, book, key="form-0001").id
    assert shop.order(ana, key="form-0001").id == first
    assert shop.stock(book) == 4


def test_two_buyers_may_use_the_same_key(shop: Shop) -> None:
    book = shop.book()
    ids = {shop.order(shop.member(name), book, key="form-0001").id for name in ("ana", "ben")}
    assert len(ids) == 2


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_below_one_is_refused(shop: Shop, quantity: int) -> None:
    ana, book = shop.member(), shop.book()
    with pytest.raises(Invalid):
        carts.add(ana, book.id, quantity)
    assert (shop.stock(book), carts.of(ana).count) == (5, 0)


def test_sellers_do_not_buy_from_themselves(shop: Shop) -> None:
    ana = shop.member()
    with pytest.raises(OwnBook):
        carts.add(ana, shop.book(ana).id, 1)


def test_an_empty_cart_is_no_order(shop: Shop) -> None:
    with pytest.raises(EmptyCart):
        shop.order(shop.member())


@pytest.mark.parametrize("field", ["recipient", "street", "city", "country"])
def test_an_address_is_complete(shop: Shop, field: str) -> None:
    ana, book = shop.member(), shop.book()
    carts.add(ana, book.id, 1)
    with pytest.raises(Invalid):
        orders.place(ana, Address(**vars(ADDRESS) | {field: " "}), 1, "form-0001")
    assert shop.stock(book) == 5


def test_the_cart_is_ordered_whole_or_not_at_all(shop: Shop) -> None:
    ana, ben = shop.member(), shop.member("ben")
    plenty, last = shop.book(), shop.book(title="El Aleph", stock=1)
    carts.add(ana, plenty.id, 1)
    carts.add(ana, last.id, 1)
    shop.order(ben, last)
    with pytest.raises(OutOfStock) as refusal:
        shop.order(ana)
    assert refusal.value.titles == ["El Aleph"]
    assert (shop.stock(plenty), shop.stock(last)) == (5, 0)
    assert carts.of(ana).count == 2


@pytest.mark.parametrize("provider_id", [0, -1, 99, 2**70])
def test_an_unknown_provider_is_refused(shop: Shop, provider_id: int) -> None:
    ana, book = shop.member(), shop.book()
    order = shop.order(ana, book)
    with pytest.raises(UnknownProvider):
        orders.choose_delivery(ana, order.id, provider_id)
    carts.add(ana, book.id, 1)
    with pytest.raises(UnknownProvider):
        orders.place(ana, ADDRESS, provider_id, "form-0001")


def test_a_provider_that_retired_is_refused(shop: Shop) -> None:
    ana = shop.member()
    order = shop.order(ana, shop.book())
    retired = orders.delivery_providers()[1].id

    @transaction
    def retire() -> None:
        db.session.execute(
            update(DeliveryProvider).where(DeliveryProvider.id == retired).values(active=False)
        )

    retire()
    assert retired not in [provider.id for provider in orders.delivery_providers()]
    with pytest.raises(UnknownProvider):
        orders.choose_delivery(ana, order.id, retired)


def test_the_providers_and_their_prices(shop: Shop) -> None:
    assert [(one.name, one.international, one.price) for one in orders.delivery_providers()] == [
        ("DHL", True, Decimal(50)),
        ("FedEx", True, Decimal(45)),
        ("Envia", False, Decimal(20)),
        ("Servientrega", False, Decimal(15)),
    ]


def test_national_providers_deliver_at_home_only(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    abroad = Address(**vars(ADDRESS) | {"country": "FR"})
    worldwide, national = (orders.delivery_providers()[place].id for place in (0, -1))
    carts.add(ana, book.id, 1)
    with pytest.raises(OutOfReach):
        orders.place(ana, abroad, national, "form-0001")
    assert (shop.stock(book), carts.count(ana)) == (5, 1)
    order = orders.place(ana, abroad, worldwide, "form-0001")
    with pytest.raises(OutOfReach):
        orders.choose_delivery(ana, order.id, national)
    assert orders.get(ana, order.id).total == Decimal("62.50")


def test_delivery_is_charged_and_may_change_until_paid(shop: Shop) -> None:
    ana = shop.member()
    order = shop.order(ana, shop.book())
    cheapest = orders.delivery_providers()[-1]
    assert orders.choose_delivery(ana, order.id, cheapest.id).total == Decimal("27.50")
    assert orders.pay(ana, order.id, "card", "payment-1").amount == Decimal("27.50")
    with pytest.raises(IllegalTransition):
        orders.choose_delivery(ana, order.id, 1)
    assert orders.get(ana, order.id).total == Decimal("27.50")


def test_only_the_buyer_touches_an_order(shop: Shop) -> None:
    ana, ben = shop.member(), shop.member("ben")
    order = shop.order(ana, shop.book())
    for attempt in (
        lambda: orders.pay(ben, order.id, "card", "payment-1"),
        lambda: orders.choose_delivery(ben, order.id, 1),
        lambda: orders.cancel(ben, order.id),
        lambda: orders.get(ben, order.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert orders.get(ana, order.id).status is OrderStatus.PENDING


@pytest.mark.parametrize("order_id", [0, -1, 12345, 2**70])
def test_an_unknown_order_is_not_found(shop: Shop, order_id: int) -> None:
    ana = shop.member()
    with pytest.raises(NotFound):
        orders.pay(ana, order_id, "card", "payment-1")
    with pytest.raises(NotFound):
        orders.get(ana, order_id)
    with pytest.raises(NotFound):
        orders.ship(order_id)


@pytest.mark.parametrize("again", ["payment-1", "payment-2"])
def test_a_repeated_payment_is_one_payment(shop: Shop, again: str) -> None:
    ana = shop.member()
    order = shop.order(ana, shop.book())
    first = orders.pay(ana, order.id, "card", "payment-1").id
    assert orders.pay(ana, order.id, "transfer", again).id == first
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


def test_the_key_of_one_orders_payment_pays_no_other(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    one, two = shop.order(ana, book), shop.order(ana, book)
    orders.pay(ana, one.id, "card", "payment-1")
    with pytest.raises(PaymentRefused):
        orders.pay(ana, two.id, "card", "payment-1")


def test_an_unknown_way_of_payment_is_refused(shop: Shop) -> None:
    ana = shop.member()
    order = shop.order(ana, shop.book())
    with pytest.raises(PaymentRefused):
        orders.pay(ana, order.id, "promises", "payment-1")
    assert orders.get(ana, order.id).payment is None


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "no spaces in it"])
def test_a_form_without_its_key_is_refused(shop: Shop, key: str) -> None:
    ana = shop.member()
    order = shop.order(ana, shop.book())
    with pytest.raises(Invalid):
        orders.pay(ana, order.id, "card", key)
    with pytest.raises(Invalid):
        orders.place(ana, ADDRESS, 1, key)


def test_a_cancelled_order_returns_its_copies_once(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    order = shop.order(ana, book, quantity=2)
    orders.cancel(ana, order.id)
    with pytest.raises(IllegalTransition):
        orders.cancel(ana, order.id)
    with pytest.raises(IllegalTransition):
        orders.pay(ana, order.id, "card", "payment-1")
    assert shop.stock(book) == 5


def test_an_order_not_paid_in_time_returns_its_copies_once(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    late, early = shop.order(ana, book, quantity=2), shop.order(ana, book)
    overdue(late)
    with pytest.raises(IllegalTransition):
        orders.pay(ana, late.id, "card", "payment-1")
    with pytest.raises(IllegalTransition):
        orders.choose_delivery(ana, late.id, 1)
    assert (orders.expire_overdue(), orders.expire_overdue()) == (1, 0)
    assert orders.get(ana, late.id).status is OrderStatus.EXPIRED
    assert orders.get(ana, early.id).status is OrderStatus.PENDING
    assert shop.stock(book) == 4


def test_a_paid_order_does_not_expire(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    order = shop.order(ana, book)
    orders.pay(ana, order.id, "card", "payment-1")
    overdue(order)
    assert orders.expire_overdue() == 0
    assert shop.stock(book) == 4


def test_a_visit_expires_what_is_overdue(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    overdue(shop.order(ana, book))
    visitor = shop.app.test_client()
    visitor.get("/healthz")
    assert shop.stock(book) == 4
    visitor.get("/")
    assert shop.stock(book) == 5


def test_a_deleted_book_stays_readable_in_its_orders(shop: Shop) -> None:
    ana, ben = shop.member(), shop.member("ben")
    book = shop.book(ben)
    order = shop.order(ana, book)
    catalogue.delete(ben, book.id)
    kept = orders.get(ana, order.id)
    assert (kept.lines[0].title, kept.lines[0].unit_price) == ("Ficciones", Decimal("12.50"))
    assert kept.lines[0].book.deleted_at is not None
    orders.cancel(ana, order.id)  # and its copies can still be returned


def test_a_deleted_book_leaves_the_carts(shop: Shop) -> None:
    ana, ben = shop.member(), shop.member("ben")
    book = shop.book(ben)
    carts.add(ana, book.id, 1)
    catalogue.delete(ben, book.id)
    assert carts.of(ana).lines == []
    with pytest.raises(NotFound):
        carts.add(ana, book.id, 1)


def test_orders_are_listed_latest_first_and_only_ones_own(shop: Shop) -> None:
    ana, ben, book = shop.member(), shop.member("ben"), shop.book()
    first, second, other = (shop.order(who, book).id for who in (ana, ana, ben))
    assert [order.id for order in orders.of_buyer(ana).items] == [second, first]
    page = orders.everyone(size=2)
    assert [order.id for order in page.items] == [other, second]
    assert [order.id for order in orders.everyone(page.next, size=2).items] == [first]


def test_the_cart_counts_and_changes(shop: Shop) -> None:
    ana, book = shop.member(), shop.book()
    carts.add(ana, book.id, 2)
    carts.add(ana, book.id, 1)
    assert (carts.count(ana), carts.of(ana).subtotal) == (3, Decimal("37.50"))
    carts.set_quantity(ana, book.id, 5)
    with pytest.raises(OutOfStock):
        carts.add(ana, book.id, 1)
    assert carts.count(ana) == 5
    carts.set_quantity(ana, book.id, 0)
    assert (carts.count(ana), carts.of(ana).subtotal) == (0, Decimal("0.00"))
    with pytest.raises(NotFound):
        carts.set_quantity(ana, book.id, 1)


@pytest.mark.parametrize("ended", ["cancelled", "expired"])
def test_a_form_sent_again_after_its_order_ended_orders_the_new_cart(shop: Shop, ended: str) -> None:
    ana, book, other = shop.member(), shop.book(stock=5), shop.book(title="Rayuela", stock=5)
    first = shop.order(ana, book, key="one-form-of-ana")
    first_id = first.id
    if ended == "cancelled":
        orders.cancel(ana, first_id)
    else:
        overdue(orders.get(ana, first_id))
        assert orders.expire_overdue() == 1
    with pytest.raises(EmptyCart):
        orders.place(ana, ADDRESS, orders.delivery_providers()[0].id, "one-form-of-ana")
    second = shop.order(ana, other, quantity=2, key="one-form-of-ana")
    assert second.id != first_id and [line.title for line in second.lines] == ["Rayuela"]
    assert second.status is OrderStatus.PENDING
    again = orders.place(ana, ADDRESS, orders.delivery_providers()[0].id, "one-form-of-ana")
    assert again.id == second.id
    assert (shop.stock(book), shop.stock(other)) == (5, 3)
    assert orders.get(ana, first_id).status is not OrderStatus.PENDING
