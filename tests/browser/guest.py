"""A visitor of the shop with a browser."""

import shutil
from dataclasses import dataclass
from typing import Any

from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

PASSWORD = "correct horse"
PATIENCE = 60  # seconds: how long a page may take on a machine that is busy with other things


def program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed: run apt-get install chromium chromium-driver"
    return found


@dataclass
class Guest:
    browser: Chrome
    shop: str

    def arrive(self) -> None:
        """Start again: no cookies, a desktop's window, JavaScript enabled."""
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        self.width(1280)
        # Away from the shop first: an answer that is still on its way would bring back the session.
        self.browser.get("about:blank")
        self.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.browser.get(self.shop + "/healthz")
        self.complaints()

    def complaints(self) -> list[dict[str, Any]]:
        """Return the browser's console errors since the last call, except refused forms (4xx)."""
        said: list[dict[str, Any]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        return [line for line in said if "the server responded with a status of 4" not in line["message"]]

    def width(self, pixels: int) -> None:
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 800},
        )

    def open(self, path: str) -> None:
        self.browser.get(self.shop + path)

    def find(self, selector: str) -> WebElement:
        found = self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, selector), selector)
        element: WebElement = found[0]
        return element

    def wait(self, condition: Any, what: str) -> Any:
        return WebDriverWait(self.browser, PATIENCE).until(lambda _: condition(), what)

    def fill(self, **fields: str) -> None:
        """Type into the fields of the page's main form."""
        for name, value in fields.items():
            field = self.find(f"main [name={name}]")
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                if field.get_attribute("type") != "file":
                    field.clear()
                field.send_keys(value)

    def send(self, button: str = "main form .button") -> None:
        """Press the button and wait for the next page."""
        self._follow(self.find(button))

    def follow(self, text: str) -> None:
        self._follow(self.find_link(text))

    def find_link(self, text: str) -> WebElement:
        found = self.wait(lambda: self.browser.find_elements(By.PARTIAL_LINK_TEXT, text), text)
        element: WebElement = found[0]
        return element

    def _follow(self, element: WebElement) -> None:
        before = self.find("html").id
        element.click()
        self.arrived(before)

    def arrived(self, before: str) -> None:
        """Wait until a page other than `before` has loaded."""
        self.wait(lambda: self._page() not in ("", before), "the next page")

    def _page(self) -> str:
        roots = self.browser.find_elements(By.CSS_SELECTOR, "html")
        footers = self.browser.find_elements(By.CSS_SELECTOR, "footer")
        return roots[0].id if roots and footers else ""

    def sign_in(self, name: str) -> None:
        self.open("/login")
        self.fill(email=f"{name}@example.com", password=PASSWORD)
        self.send()

    def text(self) -> str:
        return self.find("body").text

    # By keyboard alone

    def tab_to(self, selector: str) -> WebElement:
        """Press Tab until the element has the focus; fail when no Tab leads there."""
        for _ in range(150):
            self.press(Keys.TAB)
            here = self.browser.switch_to.active_element
            if self.browser.execute_script("return arguments[0].matches(arguments[1])", here, selector):
                ring = self.browser.execute_script(
                    "const s = getComputedStyle(arguments[0]), a = getComputedStyle(arguments[0], '::after');"
                    "return s.outlineStyle !== 'none' || a.outlineStyle !== 'none'",
                    here,
                )
                assert ring, f"{selector} shows no focus"
                return here
        raise AssertionError(f"no Tab leads to {selector}")

    def press(self, *keys: str) -> None:
        self.browser.switch_to.active_element.send_keys(*keys)

    def enter(self, selector: str, key: str = Keys.ENTER) -> None:
        """Press a button or follow a link by keyboard, and wait for the next page."""
        self.tab_to(selector)
        before = self.find("html").id
        self.press(key)
        self.arrived(before)

    def type_into(self, name: str, value: str) -> None:
        self.tab_to(f"main [name={name}]")
        self.press(value)
