"""A page as a browser without JavaScript sees it: its address, its links and its forms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_TRANSPARENT = re.compile(r"submit|image|button|reset")


class Unexpected(Exception):
    """The shop answered otherwise than a shop that works; the message names the address and what is missing."""


@dataclass
class Field:
    """One named control of a form. A choice (select, radio) lists the values it offers."""

    name: str
    kind: str
    value: str | None
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form with what it would send if nothing were typed."""

    address: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    has_upload: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def named(self, kind: str) -> str | None:
        """The name of the first field of that kind, or None."""
        return next((name for name, control in self.fields.items() if control.kind == kind), None)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """What is sent when these values are typed; hidden fields and choices already made are kept."""
        sent = {name: control.value for name, control in self.fields.items() if control.kind != "file"}
        return {name: value for name, value in {**sent, **values}.items() if value is not None}


class Page:
    """A response and, when it is HTML, what stands in it."""

    def __init__(self, address: str, status: int, body: bytes, content_type: str) -> None:
        self.address = address
        self.status = status
        self.body = body
        self.content_type = content_type
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.text = ""
        if content_type.startswith("text/html"):
            reader = _Reader(self)
            reader.feed(body.decode())
            reader.close()
            self.text = " ".join(reader.words)

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def form(self, *, action: str = "", fields: Iterable[str] = (), method: str = "post") -> Form:
        """The first form of that method that has these fields and whose action's path matches, whole, the pattern.

        Raises Unexpected where the page has none.
        """
        wanted = set(fields)
        for form in self.forms:
            if form.method == method and wanted <= form.fields.keys() and re.fullmatch(action or ".*", form.path):
                return form
        what = f" to {action}" if action else ""
        names = f" with the fields {', '.join(sorted(wanted))}" if wanted else ""
        raise Unexpected(f"{self.address} has no {method.upper()} form{what}{names}")

    def has_form(self, action: str) -> bool:
        return any(re.fullmatch(action, form.path) for form in self.forms)

    def matching(self, pattern: str) -> Iterator[str]:
        """Addresses of the links whose path matches the pattern, whole, each once."""
        seen: set[str] = set()
        for link in self.links:
            if re.fullmatch(pattern, urlsplit(link).path) and link not in seen:
                seen.add(link)
                yield link


class _Reader(HTMLParser):
    """Fills a page's forms, links, images and words."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.words: list[str] = []
        self._page = page
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: Field | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "template"}:
            self._silent += 1
        elif tag == "a" and "href" in given:
            self._page.links.append(urljoin(self._page.address, given["href"]))
        elif tag == "img" and "src" in given:
            self._page.images.append(urljoin(self._page.address, given["src"]))
        elif tag == "form":
            self._open_form(given)
        elif tag in {"input", "textarea", "select", "button"}:
            self._control(tag, given)
        elif tag == "option" and self._select is not None:
            self._option(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "template"}:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag in {"textarea", "select"}:
            if self._select is not None and self._select.kind == "select" and self._select.value is None:
                self._select.value = next(iter(self._select.choices), None)
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._select is not None and self._select.kind == "textarea":
            self._select.value = (self._select.value or "") + data
        if not self._silent and data.strip():
            self.words.extend(data.split())

    def _open_form(self, given: dict[str, str]) -> None:
        address = urljoin(self._page.address, given.get("action", "") or self._page.address)
        self._form = Form(address, given.get("method", "get").lower())
        self._page.forms.append(self._form)
        if "id" in given:
            self._by_id[given["id"]] = self._form

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        name = given.get("name", "")
        kind = given.get("type", "text").lower() if tag == "input" else tag
        if form is None or not name or "disabled" in given or _TRANSPARENT.fullmatch(kind):
            return
        value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
        control = form.fields.setdefault(name, Field(name, kind, None))
        if kind in {"checkbox", "radio"}:
            control.choices.append(value)
            if "checked" in given:
                control.value = value
        elif kind == "file":
            form.has_upload = True
        elif tag == "input":
            control.value = value
        else:
            self._select = control

    def _option(self, given: dict[str, str]) -> None:
        assert self._select is not None  # noqa: S101 - the caller asked
        value = given.get("value", "")
        self._select.choices.append(value)
        if "selected" in given:
            self._select.value = value
