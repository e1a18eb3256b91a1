"""The picture: as the data has it, and as the README shows it."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sockshop import picture
from sockshop.services import SERVICES

SVG = "{http://www.w3.org/2000/svg}"
SHOWN = Path(__file__).resolve().parents[2] / "docs" / "sockshop.svg"


def test_the_picture_in_the_documentation_is_current() -> None:
    assert SHOWN.read_text() == picture.draw(), "draw it anew: python -m sockshop picture > docs/sockshop.svg"


def test_each_workload_and_each_call_is_there() -> None:
    root = ElementTree.fromstring(picture.draw())
    words = [element.text for element in root.iter(f"{SVG}text")]
    for service in SERVICES:
        assert words.count(service.name) == 1
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("class") == "s-arrow"]
    assert len(arrows) == sum(len(service.calls) for service in SERVICES) + 1  # and the customers'


def test_a_call_that_is_gone_is_gone_from_the_picture() -> None:
    alone = tuple(replace(each, calls=()) if each.name == "queue-master" else each for each in SERVICES)
    assert picture.draw(alone) != picture.draw()


def test_no_two_boxes_share_a_place_and_a_stranger_has_none() -> None:
    assert len(set(picture.PLACES.values())) == len(SERVICES)
    with pytest.raises(KeyError):
        picture.draw((*SERVICES, replace(SERVICES[0], name="basket")))
