"""Checkout: address and delivery, then payment."""

import secrets
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from bookstore import carts, money, orders
from bookstore.errors import NotFound, OutOfReach, Refused
from bookstore.models import HOME, DeliveryProvider, Order, OrderStatus
from bookstore.orders import Address
from bookstore.web.auth import current_member, login_required
from bookstore.web.forms import Form, at_most, choices, required
from bookstore.web.helpers.names import METHODS, countries

blueprint = Blueprint("checkout", __name__)


def new_key() -> str:
    """Return the key by which the shop recognises a form that is sent twice."""
    return secrets.token_urlsafe(24)


class DeliveryForm(Form):
    """The form to choose the delivery provider."""

    provider = RadioField(
        _l("Delivery"),
        [InputRequired(_l("Please choose one of the delivery providers."))],
        coerce=int,
        validate_choice=False,
    )

    def offer(self, providers: list[DeliveryProvider]) -> None:
        """List these providers; the order itself decides whether the chosen one is possible."""
        self.provider.choices = choices((provider.id, provider.name) for provider in providers)


class CheckoutForm(DeliveryForm):
    """The form of address and delivery."""

    recipient = StringField(
        _l("Recipient"), [*required(_l("Please enter the name of the recipient.")), at_most(100)]
    )
    street = StringField(_l("Street and number"), [*required(_l("Please enter the street.")), at_most(200)])
    city = StringField(_l("City"), [*required(_l("Please enter the city.")), at_most(100)])
    country = SelectField(_l("Country"), default=HOME)
    key = HiddenField(default=new_key)
    totals = HiddenField()  # that the page shows, as "provider:total provider:total"

    def agreed(self) -> Decimal | None:
        """Return the total that the page showed for the chosen provider; None where it showed none."""
        if not self.totals.data:
            return None
        shown = dict(pair.partition(":")[::2] for pair in self.totals.data.split())
        return _amount(shown.get(str(self.provider.data), ""))

    def field_of(self, refusal: Refused) -> Field | None:
        """Return the providers' field for a refusal of the chosen one."""
        return self.provider if isinstance(refusal, OutOfReach) else None


class PaymentForm(Form):
    """The form to pay."""

    method = RadioField(
        _l("How would you like to pay?"),
        [InputRequired(_l("Please choose one of the payment methods."))],
        choices=choices(METHODS.items()),
        validate_choice=False,
    )
    key = HiddenField(default=new_key)
    total = HiddenField()

    def agreed(self) -> Decimal | None:
        """Return the total that the page showed; None where it showed none."""
        return _amount(self.total.data) if self.total.data else None


@blueprint.route("/checkout", methods=("GET", "POST"))
@login_required
def checkout() -> Response | tuple[str, int]:
    """Ask where the order goes, show what it costs, and place it."""
    form, providers, member = CheckoutForm(), orders.delivery_providers(), current_member()
    form.offer(providers)
    form.country.choices = choices(countries())
    if not form.is_submitted():
        form.recipient.data = member.name
    if form.validate_on_submit():
        address = Address(form.recipient.data, form.street.data, form.city.data, form.country.data)
        with form.refusals():
            order = orders.place(member, address, form.provider.data, form.key.data, agreed=form.agreed())
            return redirect(url_for(".payment", order_id=order.id))
    cart = carts.of(member)
    if not cart.lines:
        return redirect(url_for("cart.show"))
    totals = _totals(providers, cart.subtotal)
    form.totals.data = " ".join(f"{provider_id}:{total}" for provider_id, total in totals.items())
    return render_template(
        "checkout.html", form=form, cart=cart, providers=providers, totals=totals
    ), form.status


@blueprint.route("/delivery/<id:order_id>", methods=("GET", "POST"))
@login_required
def delivery(order_id: int) -> Response | tuple[str, int]:
    """Choose another provider for an order that is not paid yet."""
    order = _own(order_id)
    if request.method == "GET" and order.status is not OrderStatus.PENDING:
        return redirect(url_for("order.show", order_id=order_id))
    providers = [provider for provider in orders.delivery_providers() if provider.reaches(order.country)]
    form = DeliveryForm(provider=order.provider_id)
    form.offer(providers)
    if form.validate_on_submit():
        with form.refusals():
            orders.choose_delivery(current_member(), order_id, form.provider.data)
            flash(gettext("The delivery of your order has changed, and its total with it."), "done")
            return redirect(url_for(".payment", order_id=order_id))
    totals = _totals(providers, order.subtotal)
    return render_template(
        "delivery.html", form=form, order=order, providers=providers, totals=totals
    ), form.status


@blueprint.route("/payment/<id:order_id>", methods=("GET", "POST"))
@login_required
def payment(order_id: int) -> Response | tuple[str, int]:
    """Pay an order: it costs its own total, whatever a form says."""
    order = _own(order_id)
    if request.method == "GET" and order.status is not OrderStatus.PENDING:
        return redirect(url_for("order.show", order_id=order_id))
    form = PaymentForm()
    if form.validate_on_submit():
        with form.refusals():
            orders.pay(
                current_member(), order_id, form.method.data or "", form.key.data, agreed=form.agreed()
            )
            flash(gettext("Thank you! Your order is paid and will be shipped soon."), "done")
            return redirect(url_for("order.show", order_id=order_id))
    form.total.data = str(order.total)
    return render_template("payment.html", form=form, order=order), form.status


def _own(order_id: int) -> Order:
    """Return the member's own order: an administrator sees other people's, but does not pay them."""
    member = current_member()
    order = orders.get(member, order_id)
    if order.buyer_id != member.id:
        raise NotFound
    return order


def _amount(text: str) -> Decimal:
    """Return the amount that a form carried; a negative one, which no order costs, for anything else."""
    try:
        return money.to_money(text)
    except ValueError:
        return Decimal(-1)


def _totals(providers: list[DeliveryProvider], subtotal: Decimal) -> dict[int, Decimal]:
    """Return what the buyer would pay with each provider, by the provider's id."""
    return {provider.id: money.total(subtotal, provider.price) for provider in providers}
