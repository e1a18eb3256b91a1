"""What guards every request."""

import json
import logging
import re
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient
from sqlalchemy import text

from bookstore import create_app
from bookstore.extensions import csrf, db
from bookstore.security import limit_sign_in, safe_next
from tests.bookstore.conftest import Shop
from tests.bookstore.visitor import Visitor


def at(app: Flask, rule: str = "/try") -> FlaskClient:
    """A visitor of an application with a page that signs in at POST and shows itself at GET."""

    @limit_sign_in
    def sign_in() -> tuple[str, int]:
        return "wrong password", 401

    def show() -> str:
        if request.args.get("remember"):
            session["kept"] = "yes"
        return f"{request.remote_addr} {request.scheme} {request.host}"

    app.add_url_rule(rule, "show", show)
    csrf.exempt(sign_in)
    app.add_url_rule(rule, "sign_in", sign_in, methods=["POST"])
    return app.test_client()


def test_every_answer_is_guarded_by_its_headers(client: FlaskClient) -> None:
    for path in ("/", "/healthz", "/nowhere", "/metrics"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_https_is_remembered_by_the_browser(client: FlaskClient) -> None:
    header = client.get("/healthz", base_url="https://shop.example").headers["Strict-Transport-Security"]
    assert int(header.split("max-age=")[1].split(";")[0]) >= 365 * 24 * 60 * 60


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_session_cookie(sqlite_app: Flask, scheme: str, secure: bool) -> None:
    cookie = at(sqlite_app).get("/try?remember=1", base_url=f"{scheme}://shop.example").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


def test_a_visitor_of_the_catalogue_gets_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/book/catalog"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_a_file_for_everybody_names_nobody(sqlite_shop: Shop) -> None:
    """Else no cache between the shop and its members would keep the stylesheets."""
    sqlite_shop.member()
    visitor = Visitor.of(sqlite_shop.app, "ana")
    page = visitor.get("/account")
    assert "Expires=" in page.headers["Set-Cookie"]  # a member's session lasts on with every page
    assert (page.headers["Cache-Control"], "Cookie" in page.headers["Vary"]) == ("no-store", True)
    sheets = re.findall(r'"(/static/[^"]+[.]css[^"]*)"', page.text)
    assert sheets
    for sheet in sheets:
        answer = visitor.get(sheet)
        assert answer.headers["Cache-Control"].startswith("public"), sheet
        assert not {"Vary", "Set-Cookie"} & set(answer.headers.keys()), sheet


def test_a_forged_form_is_refused(client: FlaskClient) -> None:
    for path in ("/logout", "/login", "/register", "/buy/1", "/payment/1", "/book/delete_book/1"):
        assert client.post(path, data={"quantity": 1}).status_code == 400, path


def test_request_ids(client: FlaskClient) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-ID": "trace-0001"}).headers["X-Request-ID"] == "trace-0001"
    )
    for bad in ("short", "no spaces allowed", "x" * 65, "<script>"):
        made = client.get("/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
}


@pytest.mark.parametrize(
    ("hops", "seen"),
    [("0", "127.0.0.1 http localhost"), ("1", "198.51.100.7 https shop.example")],
)
def test_forwarded_headers_are_believed_as_far_as_the_proxies_are_trusted(
    sqlite: dict[str, str], hops: str, seen: str
) -> None:
    visitor = at(create_app(sqlite | {"TRUSTED_PROXIES": hops}))
    assert visitor.get("/try", headers=FORWARDED).text == seen


def test_guessing_one_accounts_password_from_many_addresses_is_stopped(sqlite_app: Flask) -> None:
    visitor = at(sqlite_app)
    statuses = [
        visitor.post(
            "/try",
            data={"email": " ANA@example.com" if number % 2 else "ana@example.com"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        ).status_code
        for number in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    other = visitor.post(
        "/try", data={"email": "ben@example.com"}, environ_base={"REMOTE_ADDR": "203.0.113.99"}
    )
    assert other.status_code == 401


def test_guessing_many_accounts_passwords_from_one_address_is_stopped(sqlite_app: Flask) -> None:
    visitor = at(sqlite_app)
    statuses = [
        visitor.post("/try", data={"email": f"m{number}@example.com"}).status_code for number in range(102)
    ]
    assert 429 in statuses
    assert statuses[:20] == [401] * 20
    assert visitor.get("/try").status_code == 200


@pytest.mark.parametrize("target", ["/", "/orders", "/book/catalog?text=a%20b&sort=title", "/order/7#lines"])
def test_signing_in_leads_on_to_a_page_of_the_shop(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "orders",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\n/orders",
        "/a\r\nSet-Cookie: b=c",
    ],
)
def test_signing_in_never_leads_elsewhere(target: str | None) -> None:
    assert safe_next(target) == "/"


def test_a_request_beyond_all_measure_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/login", data=b"x" * (7 * 1024 * 1024), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (400, 413)


def test_the_log_is_json_with_the_request_id_and_tells_nothing_of_the_visitor(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(
        "/book/catalog?text=a+private+matter",
        headers={"X-Request-ID": "trace-0002"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    lines = [line for line in capsys.readouterr().out.splitlines() if "trace-0002" in line]
    entry = json.loads(lines[0])
    assert (entry["request_id"], entry["status"], entry["method"]) == ("trace-0002", 200, "GET")
    assert entry["route"] == "/book/catalog"
    assert not re.search(r"private|203\.0\.113\.9", " ".join(lines))


def test_the_log_leaves_out_that_all_is_well(
    sqlite_app: Flask, sqlite: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    client = sqlite_app.test_client()
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
    assert capsys.readouterr().out == ""
    with sqlite_app.app_context():
        db.engine.dispose()
    file = Path(sqlite["DATABASE_FILE"])
    file.unlink()
    file.mkdir()
    assert client.get("/readyz").status_code == 503
    entry = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (entry["route"], entry["status"]) == ("/readyz", 503)


def test_a_failure_is_logged_with_its_trace_and_without_values(
    sqlite_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": request.args["name"]})
        return ""

    sqlite_app.add_url_rule("/fail", "fail", fail)
    assert sqlite_app.test_client().get("/fail?name=a+private+matter").status_code == 503
    out = capsys.readouterr().out
    assert "no such table" in out
    assert "private" not in out
    assert logging.getLogger("bookstore").propagate is False
