"""From the cart to a paid order: address and delivery, then payment."""

import secrets
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from bookstore import cart, money, orders
from bookstore.errors import EmptyCart, NotFound, OutOfReach, Refused
from bookstore.models import HOME, DeliveryProvider, Order, OrderStatus
from bookstore.orders import Address
from bookstore.web.form import Form, at_most, choices, required
from bookstore.web.gate import members_only
from bookstore.web.names import METHODS, countries

blueprint = Blueprint("checkout", __name__)


def new_key() -> str:
    """The text by which a form sent twice is known to be one."""
    return secrets.token_urlsafe(24)


class DeliveryForm(Form):
    """Who delivers the order."""

    provider = RadioField(
        _l("Delivery"),
        [InputRequired(_l("Please choose one of the delivery providers offered."))],
        coerce=int,
        validate_choice=False,
    )

    def offer(self, providers: list[DeliveryProvider]) -> None:
        """Show these providers; whether one is offered is for the order to say, which knows best."""
        self.provider.choices = choices((provider.id, provider.name) for provider in providers)


class CheckoutForm(DeliveryForm):
    """Where the order goes and who takes it there."""

    recipient = StringField(
        _l("Recipient"), [*required(_l("Please say who receives the parcel.")), at_most(100)]
    )
    street = StringField(_l("Street and number"), [*required(_l("Please enter the street.")), at_most(200)])
    city = StringField(_l("City"), [*required(_l("Please enter the city.")), at_most(100)])
    country = SelectField(_l("Country"), default=HOME)
    key = HiddenField(default=new_key)


class PaymentForm(Form):
    """How to pay."""

    method = RadioField(
        _l("How would you like to pay?"),
        [InputRequired(_l("Please choose one of the ways of payment offered."))],
        choices=choices(METHODS.items()),
        validate_choice=False,
    )
    key = HiddenField(default=new_key)


@blueprint.route("/checkout", methods=("GET", "POST"))
@members_only
def checkout() -> Response | str | tuple[str, int]:
    """Ask where the order goes, show what it will cost, and place it."""
    form, providers, status = CheckoutForm(), orders.delivery_providers(), 200
    form.offer(providers)
    form.country.choices = choices(countries())
    if not form.is_submitted():
        form.recipient.data = current_user.name
    elif form.validate():
        address = Address(form.recipient.data, form.street.data, form.city.data, form.country.data)
        try:
            order = orders.place(current_user, address, form.provider.data, form.key.data)
        except EmptyCart as refusal:
            flash(refusal.message, "refused")
            return redirect(url_for("cart.show"))
        except Refused as refusal:
            form.refuse(refusal, form.provider if isinstance(refusal, OutOfReach) else None)
            status = refusal.status
        else:
            return redirect(url_for(".payment", order_id=order.id))
    else:
        status = 400
    basket = cart.of(current_user)
    if not basket.lines:
        return redirect(url_for("cart.show"))
    totals = _totals(providers, basket.subtotal)
    return render_template(
        "checkout.html", form=form, cart=basket, providers=providers, totals=totals
    ), status


@blueprint.route("/delivery/<id:order_id>", methods=("GET", "POST"))
@members_only
def delivery(order_id: int) -> Response | str | tuple[str, int]:
    """Choose another provider for an order that is not paid yet."""
    order = _own(order_id)
    providers = [one for one in orders.delivery_providers() if one.reaches(order.country)]
    status = 200
    form = DeliveryForm(provider=order.provider_id)
    form.offer(providers)
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                orders.choose_delivery(current_user, order_id, form.provider.data)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                flash(gettext("The delivery of your order has changed, and its total with it."), "done")
                return redirect(url_for(".payment", order_id=order_id))
    elif order.status is not OrderStatus.PENDING:
        return redirect(url_for("orders.show", order_id=order_id))
    totals = _totals(providers, order.subtotal)
    return render_template(
        "delivery.html", form=form, order=order, providers=providers, totals=totals
    ), status


@blueprint.route("/payment/<id:order_id>", methods=("GET", "POST"))
@members_only
def payment(order_id: int) -> Response | str | tuple[str, int]:
    """Pay an order: what it costs is the order's own total, whatever a form says."""
    order = _own(order_id)
    form, status = PaymentForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                orders.pay(current_user, order_id, form.method.data or "", form.key.data)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                flash(gettext("Thank you! Your order is paid and will soon be on its way."), "done")
                return redirect(url_for("orders.show", order_id=order_id))
    elif order.status is not OrderStatus.PENDING:
        return redirect(url_for("orders.show", order_id=order_id))
    return render_template("payment.html", form=form, order=order), status


def _own(order_id: int) -> Order:
    """The order, if it is the reader's: an administrator sees other people's, but does not pay them."""
    order = orders.get(current_user, order_id)
    if order.buyer_id != current_user.id:
        raise NotFound
    return order


def _totals(providers: list[DeliveryProvider], subtotal: Decimal) -> dict[int, Decimal]:
    """What the buyer would pay with each provider, by its id."""
    return {provider.id: money.total(subtotal, provider.price) for provider in providers}
