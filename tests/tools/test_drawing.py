"""Drawings: readable in light and dark mode, and plain about what is missing."""

import re
import subprocess
import sys
from xml.etree import ElementTree

from tools.drawing import PALETTE, Font, Sheet

SVG = "{http://www.w3.org/2000/svg}"


def test_a_drawing_has_words_for_screen_readers_and_colours_for_the_night() -> None:
    sheet = Sheet(100, 50, "A & B", "B < C")
    sheet.text(1, 2, "R&D", Font(colour="heading"))
    sheet.box(1, 2.25, 3, 4, "card", edge="card-edge")
    root = ElementTree.fromstring(str(sheet))
    named = {element.get("id"): element.text for element in root}
    assert (named["title"], named["description"]) == ("A & B", "B < C")
    assert root.get("aria-labelledby") == "title description"
    (words,) = root.iter(f"{SVG}text")
    assert (words.text, words.get("fill"), words.get("class")) == ("R&D", PALETTE["heading"][0], "f-heading")
    assert f".f-heading{{fill:{PALETTE['heading'][1]}}}" in str(sheet)
    assert "prefers-color-scheme: dark" in str(sheet)


def test_words_stand_out_from_what_is_behind_them() -> None:
    for mode in (0, 1):
        for behind in ("paper", "card", "amber-pale", "green-pale", "violet-pale", "blue-pale"):
            for colour in ("ink", "soft", "heading"):
                assert contrast(PALETTE[colour][mode], PALETTE[behind][mode]) >= 4.5, (colour, behind, mode)


def contrast(one: str, other: str) -> float:
    """As WCAG counts it."""

    def light(colour: str) -> float:
        parts = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_without_the_library_the_command_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['drawsvg'] = None\n"
        "from sockshop.command import main; sys.exit(main(['picture']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and not done.stdout
    assert "drawsvg is missing" in done.stderr and "Remedy: Install it" in done.stderr
    assert "Traceback" not in done.stderr
