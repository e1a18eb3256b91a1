"""The shop in Spanish and in English, whole."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

import bookstore
from bookstore.models import OrderStatus
from bookstore.web.helpers import formats, names
from tests.bookstore.conftest import Shop
from tests.bookstore.visitor import Visitor

PACKAGE = Path(bookstore.__file__).parent
SPANISH = PACKAGE / "translations" / "es" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None}
SPANIARD = {"Accept-Language": "es-CO,es;q=0.9"}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (SPANISH / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


def said() -> set[str]:
    """Every message of the package, as its source says it."""
    with (PACKAGE / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(str(PACKAGE), methods, options, KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def sources(catalogue: Catalog) -> set[str]:
    """What the catalogue translates."""
    return {
        message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id
    }


def test_every_text_has_its_spanish_and_none_is_left_over(catalogue: Catalog) -> None:
    known = sources(catalogue)
    assert said() - known == set()
    assert known - said() == set()


def test_no_translation_is_empty_doubtful_or_loses_a_value(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert not list(message.check(catalogue)), message.id


def test_what_is_compiled_is_what_is_written(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert (SPANISH / "messages.mo").read_bytes() == compiled.getvalue(), "run pybabel compile"


def test_the_browser_decides_until_the_reader_does(sqlite_app: Flask) -> None:
    visitor = Visitor.of(sqlite_app)
    assert '<html lang="es">' in visitor.get("/", headers=SPANIARD).text
    assert '<html lang="en">' in visitor.get("/", headers={"Accept-Language": "fr"}).text
    chosen = visitor.send("/language", {"language": "es", "next": "/book/catalog?q=cid"})
    assert chosen.location == "/book/catalog?q=cid"
    assert "HttpOnly" in chosen.headers["Set-Cookie"] and "SameSite=Lax" in chosen.headers["Set-Cookie"]
    assert "Catálogo" in visitor.get("/book/catalog", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_another_site_does_not_choose_the_language(sqlite_app: Flask, headers: dict[str, str]) -> None:
    answer = sqlite_app.test_client().post("/language", data={"language": "es"}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example"])
def test_choosing_a_language_never_leads_out_of_the_shop(sqlite_app: Flask, target: str) -> None:
    answer = sqlite_app.test_client().post("/language", data={"language": "es", "next": target})
    assert answer.location == "/"
    assert sqlite_app.test_client().post("/language", data={"language": "tlh"}).status_code == 400


def test_prices_and_days_are_written_the_readers_way(sqlite_app: Flask) -> None:
    moment = datetime(2026, 3, 5, 14, 7, 59, tzinfo=UTC)
    with sqlite_app.test_request_context():
        with force_locale("en"):
            assert formats.money(Decimal("1234.50")) == "$1,234.50"
            assert re.fullmatch(r"March 5, 2026, 2:07\sPM UTC", formats.moment(moment))
            assert names.language_name("es") == "Spanish"
        with force_locale("es"):
            assert formats.money(Decimal("12.50")) == "12,50\xa0US$"
            assert formats.moment(moment) == "5 de marzo de 2026, 14:07 UTC"
            assert names.language_name("es") == "Español"


def test_what_the_shop_refuses_is_said_in_spanish(sqlite_shop: Shop) -> None:
    sqlite_shop.member("ana")
    visitor = Visitor.of(sqlite_shop.app)
    fields = {
        "csrf_token": visitor.token(),
        "name": "Ana",
        "email": "ana@example.com",
        "password": "una contraseña",
    }
    visitor.send("/language", {"language": "es"})
    assert "Ya existe una cuenta con este correo" in visitor.send("/register", fields).text


def test_everything_known_by_a_code_has_a_name(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context(), force_locale("es"):
        assert all(names.status_name(status) for status in OrderStatus)
        countries = dict(names.countries())
        assert countries["CO"] == "Colombia" and countries["ES"] == "España" and "EU" not in countries
        assert names.category_name("short-stories") == "Cuentos"
        assert names.category_name("sea-stories") == "Sea stories"
