"""The shops that the probe knows: a scenario for smoke, and Locust's customers for load."""

from dataclasses import dataclass
from pathlib import Path

from probe.bookstore import scenario as bookstore
from probe.runner import Scenario
from probe.sockshop import scenario as sockshop

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Shop:
    """One kind of shop.

    Args:
        scenario: the way through it.
        customers: the file that Locust takes.
    """

    scenario: Scenario
    customers: Path


SHOPS = {
    "bookstore": Shop(bookstore.SCENARIO, HERE / "bookstore" / "customers.py"),
    "sockshop": Shop(sockshop.SCENARIO, HERE / "sockshop" / "customers.py"),
}
