"""How the probe reads forms: as a browser without JavaScript does."""

import pytest

from probe.client import Request, Upload
from probe.page import Form, Page, ShopError

HTML = """
<!doctype html><title>Books</title><script>ignored()</script>
<a href="/book/7">A</a><a href="../book/7">the same</a><a href="/book/new">no number</a>
<img src="cover/a.webp">
<form method="post" action="/buy/7"><input type="hidden" name="csrf_token" value="t">
 <input name="quantity" value="1"><textarea name="note">as it
was</textarea><button name="go" value="x">Buy</button></form>
<form id="far" method="post" action="/pay"><select name="country"><option value="CO">Colombia
<option value="ES" selected>
Spain</select><select name="first"><option value="a">A<option value="b">B</select>
<input type="radio" name="method" value="card"><input type="radio" name="method" value="cash" checked>
<input type="checkbox" name="gift" value="yes"><input name="off" disabled value="no"></form>
<input form="far" name="outside" value="in"><form><input type="search" name="q"></form>
"""


@pytest.fixture
def page() -> Page:
    return Page("http://shop/book/catalog?q=1", 200, HTML.encode(), {"Content-Type": "text/html"})


def test_what_a_browser_would_send(page: Page) -> None:
    assert page.form(action=".*/buy/7").filled({"quantity": "2"}) == {
        "csrf_token": "t",
        "quantity": "2",
        "note": "as it\nwas",
    }
    assert page.form(action=".*/pay").filled({}) == {
        "country": "ES",
        "first": "a",
        "method": "cash",
        "outside": "in",
    }


def test_links_are_whole_and_named_once(page: Page) -> None:
    assert list(page.matching(r".*/book/\d+")) == ["http://shop/book/7"]
    assert page.images == ["http://shop/book/cover/a.webp"]
    assert "ignored" not in page.text


def test_a_missing_form_is_named(page: Page) -> None:
    with pytest.raises(ShopError, match=r"catalog\?q=1 has no POST form to /register with the fields email"):
        page.form(action="/register", fields=["email"])


def test_a_search_goes_into_the_address_and_replaces_what_was_asked(page: Page) -> None:
    form = page.form(method="get", fields=["q"])
    assert Request.of(form, {"q": "sea & sun"}, None).address == "http://shop/book/catalog?q=sea+%26+sun"


def test_an_upload_is_sent_whole() -> None:
    form = Form("http://shop/book/add_book", "post", has_upload=True)
    sent = Request.of(form, {"title": "Ñandú"}, {"picture": Upload("a.png", "image/png", b"\x89PNG\r\n\0")})
    assert sent.body is not None
    assert (
        b'name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\0\r\n--' in sent.body
    )
    assert "Ñandú".encode() in sent.body


def test_the_names_of_headers_may_be_in_any_case() -> None:
    headers = {"content-type": "text/html", "X-REQUEST-ID": "7"}
    page = Page("http://shop/", 200, b"<form method='post' action='/login'></form>", headers)
    assert page.has_form("/login")
    assert page.request_id == "7"
