"""Every page for everybody: no violation that axe finds, nothing to scroll sideways, targets large enough."""

from pathlib import Path
from typing import Any

import axe_core_python
import pytest

from tests.browser.guest import Guest

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = {
    "": (
        "/",
        "/book/catalog",
        "/book/catalog?q=zzz&min=9&max=1",
        "/book/1",
        "/book/30",
        "/login",
        "/register",
        "/no",
    ),
    "buyer": ("/cart", "/orders", "/account", "/book/3", "/checkout", "/book/my_books", "/admin/users"),
    "seller": ("/book/my_books", "/book/add_book", "/book/edit_book/30", "/book/delete_book/30", "/book/30"),
    "administrator": ("/admin/users", "/admin/orders"),
}
SMALL = """
const targets = 'a, button, input:not([type=hidden]), select, textarea, summary';
return [...document.querySelectorAll(targets)].filter(e => {
  const box = e.getBoundingClientRect(), inText = getComputedStyle(e).display === 'inline';
  return e.checkVisibility() && !inText && e.tabIndex >= 0 && (box.width < 24 || box.height < 24);
}).map(e => e.outerHTML)
"""


def violations(guest: Guest) -> list[Any]:
    guest.browser.execute_script(AXE)
    found: dict[str, Any] = guest.browser.execute_async_script(
        "const done = arguments[0], rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];"
        "axe.run({runOnly: rules})"
        ".then(done, error => done({violations: [{id: String(error), nodes: []}]}))"
    )
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]


def check(guest: Guest, where: str) -> None:
    for width in (1280, 390, 360):
        guest.width(width)
        assert guest.browser.execute_script("return document.documentElement.scrollWidth") <= width, where
        if width != 360:
            assert violations(guest) == [], (where, width)
            assert guest.browser.execute_script(SMALL) == [], (where, width)


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages(guest: Guest, who: str, language: str) -> None:
    if who:
        guest.sign_in(who)
    guest.browser.add_cookie({"name": "language", "value": language})
    for path in PAGES[who]:
        guest.open(path)
        check(guest, path)


def test_pages_of_an_order_and_forms_that_were_refused(guest: Guest) -> None:
    guest.open("/register")
    guest.send()
    check(guest, "a registration refused")
    guest.sign_in("buyer")
    guest.open("/book/4")
    guest.fill(quantity="-1")
    guest.send()
    check(guest, "a quantity refused")
    guest.fill(quantity="1")
    guest.send()
    check(guest, "the cart")
    guest.open("/checkout")
    guest.send()
    check(guest, "a checkout refused")
    guest.fill(street="Calle 10", city="Cali")
    guest.find("main .choice").click()
    guest.send()
    check(guest, "the payment")
    number = guest.browser.current_url.rsplit("/", 1)[1]
    for path in (f"/delivery/{number}", f"/order/{number}", f"/order/{number}/cancel", "/orders"):
        guest.open(path)
        check(guest, path)
    guest.open(f"/payment/{number}")
    guest.find("main .choice").click()
    guest.send()
    check(guest, "the receipt")
