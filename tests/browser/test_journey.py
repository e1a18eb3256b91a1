"""The whole way through the shop in a browser: with a mouse, by keyboard alone, and without JavaScript."""

from pathlib import Path

from PIL import Image
from selenium.webdriver import Keys

from tests.browser.guest import PASSWORD, Guest


def order(guest: Guest) -> None:
    """From a full cart to a paid order."""
    guest.open("/checkout")
    guest.fill(street="Calle 10 # 5-51", city="Medellín")
    guest.find("main .choice:nth-of-type(3)").click()
    guest.send()
    guest.find("main .choice").click()
    guest.send()
    assert "Thank you!" in guest.text()


def test_from_registration_to_the_parcel(guest: Guest, tmp_path: Path) -> None:
    guest.open("/register")
    guest.fill(name="Eva", email="eva@example.com", password=PASSWORD)
    guest.send()
    assert "Welcome, Eva!" in guest.text()

    guest.follow("My books")
    guest.follow("Sell a book")
    Image.new("RGB", (300, 450), "maroon").save(tmp_path / "cover.png")
    guest.fill(title="A Quiet Harbour", author="Eva Ruiz", description="Letters.", price="12.50", stock="2")
    guest.fill(cover=str(tmp_path / "cover.png"))
    guest.send()
    assert "is on sale now" in guest.text()
    assert guest.find("img.cover").get_property("naturalWidth") == 300

    guest.follow("Edit")
    guest.fill(price="11")
    guest.send()
    assert "$11.00" in guest.text()
    guest.follow("Remove from sale")
    guest.send()
    assert "no longer on sale" in guest.text()

    guest.open("/book/catalog?q=marianela")
    guest.follow("Marianela 28")
    guest.fill(quantity="2")
    guest.send()
    guest.open("/book/catalog?q=ida")
    guest.follow("Ida 27")
    guest.send()
    order(guest)
    number = guest.browser.current_url.rsplit("/", 1)[1]
    guest.send(".service form:last-child button")  # sign out

    guest.sign_in("administrator")
    for words in ("marked as shipped", "marked as delivered"):
        guest.open("/admin/orders")
        guest.send(f"form[action$='/{number}/ship'] button, form[action$='/{number}/deliver'] button")
        assert words in guest.text()


def test_an_unpaid_order_is_cancelled(guest: Guest) -> None:
    guest.sign_in("buyer")
    guest.open("/book/1")
    guest.send()
    guest.open("/checkout")
    guest.fill(street="Calle 10", city="Cali")
    guest.find("main .choice").click()
    guest.send()
    guest.follow("Cancel order")
    guest.send()
    assert "Cancelled" in guest.text()


def test_the_language_changes_and_the_page_stays(guest: Guest) -> None:
    guest.open("/book/catalog?q=ida")
    guest.send("button[value=es]")
    assert guest.find("html").get_attribute("lang") == "es"
    assert guest.browser.current_url.endswith("/book/catalog?q=ida")
    guest.send("button[value=en]")
    assert guest.find("h1").text == "Catalogue"


def test_by_keyboard_alone(guest: Guest) -> None:
    guest.open("/login")
    guest.tab_to("a.skip")
    guest.press(Keys.ENTER)
    guest.type_into("email", "buyer@example.com")
    guest.type_into("password", PASSWORD)
    guest.enter("main .button")
    guest.enter("nav a[href='/book/catalog']")
    guest.type_into("q", "lighthouse")
    guest.enter("main form .button")
    guest.enter(".shelf-title a")
    guest.enter("main form .button")
    guest.enter("main aside a.button")
    guest.type_into("street", "Carrera 7")
    guest.type_into("city", "Bogotá")
    guest.tab_to("[name=provider]")
    guest.press(Keys.SPACE)
    guest.press(Keys.ARROW_DOWN)
    guest.enter("main form .button")
    guest.tab_to("[name=method]")
    guest.press(Keys.SPACE)
    guest.enter("main form .button")
    assert "Thank you!" in guest.text()


def test_without_javascript(guest: Guest) -> None:
    guest.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    guest.sign_in("buyer")
    guest.open("/book/2")
    guest.send()
    order(guest)
    guest.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
