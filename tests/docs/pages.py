"""The README and the other Markdown pages as text: what they link to, and which names they use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)\)")
# A path of the repository in running text: below one of its directories, and with an extension.
NAMED_PATH = re.compile(
    r"(?<![\w/.<>-])((?:infra|bookstore|sockshop|tools|probe|bench|tests|docs)/[\w./-]+\.(?:py|md|sh|yaml|svg))"
)
TARGET = re.compile(r"(?:`|\$ |\b(?:run|then) `?)make ([a-z][a-z-]*)")
KEY = re.compile(r"\bbookstore:([a-z][A-Za-z0-9]*)\b(?!/)")
CAMEL_CASE = re.compile(r"`([a-z]+[A-Z][A-Za-z0-9]*)(?:[=:][^`]*)?`")
CONFIG = re.compile(r"CONFIG=(?:'([^']*)'|([^\s`']+))")


@dataclass(frozen=True)
class Page:
    """A Markdown page.

    Args:
        path: where it is.
        root: the repository.
    """

    path: Path
    root: Path = ROOT
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.path.read_text())

    def __str__(self) -> str:
        return str(self.path.relative_to(self.root))

    def anchors(self) -> set[str]:
        """Return the anchors that GitHub gives to the headings."""
        anchors: set[str] = set()
        for heading in re.findall(r"^#+ (.+?)\s*$", FENCE.sub("", self.text), re.MULTILINE):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            number = 1
            while (unique := anchor if number == 1 else f"{anchor}-{number - 1}") in anchors:
                number += 1
            anchors.add(unique)
        return anchors

    def broken_links(self) -> Iterator[str]:
        """Yield the links into the repository that lead nowhere."""
        prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", self.text))
        for link in LINK.findall(prose):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (self.path.parent / name).resolve() if name else self.path
            if not target.exists() or (anchor and anchor not in Page(target, self.root).anchors()):
                yield link

    def missing_paths(self) -> Iterator[str]:
        """Yield the files of the repository that the text names and that do not exist."""
        for path in NAMED_PATH.findall(self.text):
            if not (self.root / path).exists():
                yield path

    def targets(self) -> set[str]:
        """Return the make targets that the text names."""
        return set(TARGET.findall(self.text))

    def settings(self) -> set[str]:
        """Return the keys of settings that the text names: in full, in CONFIG, or quoted and in camelCase."""
        given = [one or other for one, other in CONFIG.findall(self.text)]
        pairs = [pair.partition("=")[0] for config in given for pair in config.split()]
        return {
            *KEY.findall(self.text),
            *CAMEL_CASE.findall(self.text),
            *(re.sub(r"^bookstore:", "", key) for key in pairs),
        }


def pages() -> list[Page]:
    """Return all Markdown pages of the repository, but not those of installed packages."""
    places = (".", ".github", "docs", "docs/adr", "infra", "tests", "tools", "tools/engine")
    return [Page(path) for place in places for path in sorted((ROOT / place).glob("*.md"))]


def make_targets(makefile: str) -> set[str]:
    """Return the targets that a Makefile has."""
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
