"""A shop that really serves, and a browser that really visits it."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask_migrate import upgrade
from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from werkzeug.serving import make_server

from bookstore import accounts, catalogue, create_app
from bookstore.book_fields import BookFields
from bookstore.extensions import db
from bookstore.models import Role
from tests.browser.guest import PASSWORD, Guest, program


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop with thirty books and three people: a buyer, a seller, an administrator."""
    folder = tmp_path_factory.mktemp("shop")
    app = create_app({"SECRET_KEY": "a key for tests only", "DATABASE_FILE": str(folder / "shop.sqlite3")})
    app.config["RATELIMIT_ENABLED"] = False
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with app.app_context():
        upgrade()
        people = {
            name: accounts.set_account(name.title(), f"{name}@example.com", PASSWORD, role)
            for name, role in (
                ("buyer", Role.MEMBER),
                ("seller", Role.MEMBER),
                ("administrator", Role.ADMINISTRATOR),
            )
        }
        for number in range(30):
            catalogue.add(people["seller"], _fields(number), _picture() if number == 29 else None)
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def _fields(number: int) -> BookFields:
    titles = ("Marianela", "The Long Way Round the Northern Lighthouse", "Electroencefalografías", "Ida")
    return BookFields(
        title=f"{titles[number % 4]} {number}",
        author="Benito Pérez Galdós",
        year=1878 - number,
        language=("es", "en")[number % 2],
        category=("novel", "poetry", None)[number % 3],
        description="A story of those who stay and those who leave.",
        description_es="Una historia de los que se quedan y los que se van.",
        price=Decimal("9.50") + number,
        stock=(5, 2, 40)[number % 3],
    )


def _picture() -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (300, 450), "teal").save(stream, "PNG")
    stream.seek(0)
    return stream


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Headless Chromium, in English."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    profile: Path = tmp_path_factory.mktemp("profile")
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--window-size=1280,900",
        "--lang=en-US",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", {"intl.accept_languages": "en-US,en"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=program("chromedriver")))
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


@pytest.fixture
def guest(browser: webdriver.Chrome, shop: str) -> Iterator[Guest]:
    """Somebody new at the shop, whose browser must have nothing to complain about."""
    guest = Guest(browser, shop)
    guest.arrive()
    yield guest
    complaints = [line for line in guest.complaints() if "favicon" not in line["message"]]
    assert not complaints, json.dumps(complaints, indent=1)
