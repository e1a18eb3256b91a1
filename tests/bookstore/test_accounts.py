"""Accounts: registration, signing in, passwords."""

import pytest
from argon2 import PasswordHasher

from bookstore import accounts
from bookstore.errors import EmailTaken, Invalid, NotFound
from bookstore.extensions import db
from bookstore.models import Role, User
from bookstore.transactions import transaction
from tests.bookstore.conftest import Shop

PASSWORD = "correct horse"


def test_a_member_registers_and_signs_in(shop: Shop) -> None:
    ana = accounts.register("  Ana   Gómez ", " Ana@Example.COM ", PASSWORD)
    assert (ana.name, ana.email, ana.role) == ("Ana Gómez", "ana@example.com", Role.MEMBER)
    assert PASSWORD not in ana.password_hash
    found = accounts.authenticate("ANA@example.com", PASSWORD)
    assert found is not None
    assert found.id == ana.id
    assert accounts.authenticate("ana@example.com", "wrong horse") is None
    assert accounts.authenticate("ben@example.com", PASSWORD) is None


def test_an_address_has_one_account(shop: Shop) -> None:
    accounts.register("Ana", "ana@example.com", PASSWORD)
    with pytest.raises(EmailTaken):
        accounts.register("Another", "ANA@example.com", PASSWORD)
    assert accounts.authenticate("ana@example.com", PASSWORD) is not None


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("", "ana@example.com", PASSWORD),
        ("  ", "ana@example.com", PASSWORD),
        ("x" * 101, "ana@example.com", PASSWORD),
        ("Ana\x00", "ana@example.com", PASSWORD),
        ("Ana", "", PASSWORD),
        ("Ana", "ana", PASSWORD),
        ("Ana", "ana@@example.com", PASSWORD),
        ("Ana", "a" * 300 + "@example.com", PASSWORD),
        ("Ana", "ana@example.com", ""),
        ("Ana", "ana@example.com", "short"),
        ("Ana", "ana@example.com", "x" * 201),
    ],
)
def test_an_incomplete_registration_is_refused(
    sqlite_shop: Shop, name: str, email: str, password: str
) -> None:
    with pytest.raises(Invalid):
        accounts.register(name, email, password)


def test_nobody_signs_in_as_the_house(sqlite_shop: Shop) -> None:
    house = accounts.house()
    assert accounts.house().id == house.id
    assert accounts.authenticate(house.email, accounts.NO_PASSWORD) is None
    assert accounts.authenticate(house.email, "nobody") is None
    with pytest.raises(NotFound):
        accounts.make_administrator(house.email)
    with pytest.raises((EmailTaken, Invalid)):
        accounts.register("House", house.email, PASSWORD)


def test_an_unknown_address_costs_a_hash_as_a_known_one_does(
    sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = accounts._hasher.verify
    accounts._nobody()

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            checked.append(str(hash))
            return verify(hash, password)

    monkeypatch.setattr(accounts, "_hasher", Counting())
    sqlite_shop.member("ana")
    for email in ("ana@example.com", "nobody@example.com", accounts.house().email):
        checked.clear()
        assert accounts.authenticate(email, "wrong horse") is None
        assert len(checked) == 1


def test_a_hash_of_yesterdays_strength_is_renewed(sqlite_shop: Shop) -> None:
    ana = accounts.register("Ana", "ana@example.com", PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    @transaction
    def weaken() -> None:
        db.session.get_one(User, ana.id).password_hash = weak

    weaken()
    assert accounts.authenticate("ana@example.com", PASSWORD) is not None
    assert ana.password_hash != weak
    assert accounts.authenticate("ana@example.com", PASSWORD) is not None


def test_a_new_password_ends_the_old_one_and_its_sessions(sqlite_shop: Shop) -> None:
    ana = accounts.register("Ana", "ana@example.com", PASSWORD)
    session_id = ana.get_id()
    assert accounts.signed_in(session_id) is ana
    with pytest.raises(Invalid):
        accounts.change_password(ana, "wrong horse", "battery staple")
    accounts.change_password(ana, PASSWORD, "battery staple")
    assert accounts.signed_in(session_id) is None
    assert accounts.signed_in(ana.get_id()) is ana
    assert accounts.authenticate("ana@example.com", PASSWORD) is None
    assert accounts.authenticate("ana@example.com", "battery staple") is not None


@pytest.mark.parametrize("session_id", ["", "1", ".", "x.y", "-1.abc", "٣.abc", "9" * 30 + ".abc"])
def test_a_session_of_nobody(sqlite_shop: Shop, session_id: str) -> None:
    assert accounts.signed_in(session_id) is None


def test_only_the_administrator_is_one(sqlite_shop: Shop) -> None:
    ana = sqlite_shop.member("ana")
    assert not ana.is_administrator
    assert accounts.make_administrator("ANA@example.com").is_administrator
    with pytest.raises(NotFound):
        accounts.make_administrator("nobody@example.com")
