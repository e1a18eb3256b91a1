"""A page as a browser without JavaScript sees it: its address, its links and its forms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_NOT_SENT = re.compile(r"submit|image|button|reset")


class ShopError(Exception):
    """The shop does not do what a shop does; the message names the address and what is wrong there."""


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
        """The address without scheme, host and query."""
        return urlsplit(self.address).path

    def named(self, kind: str) -> str | None:
        """The name of the first field of that kind, or None."""
        return next((name for name, control in self.fields.items() if control.kind == kind), None)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """What is sent when these values are typed; hidden fields and choices already made are kept."""
        sent = {name: control.value for name, control in self.fields.items() if control.kind != "file"}
        return {name: value for name, value in {**sent, **values}.items() if value is not None}


class Page:
    """A response; when it is HTML, what stands in it is read on the first question about it."""

    def __init__(self, address: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.address = address
        self.status = status
        self.body = body
        # Some proxies write the names of headers in lower case.
        given = {name.lower(): value for name, value in headers.items()}
        self.content_type = given.get("content-type", "")
        self.request_id = given.get("x-request-id", "")

    @cached_property
    def _content(self) -> "_Reader":
        reader = _Reader(self.address)
        if self.content_type.startswith("text/html"):
            reader.feed(self.body.decode(errors="replace"))
            reader.close()
        return reader

    @property
    def forms(self) -> list[Form]:
        """The forms in the page's order."""
        return self._content.forms

    @property
    def links(self) -> list[str]:
        """The whole addresses that the page's links lead to."""
        return self._content.links

    @property
    def images(self) -> list[str]:
        """The whole addresses of the page's images."""
        return self._content.images

    @property
    def text(self) -> str:
        """The words of the page, one space apart."""
        return " ".join(self._content.words)

    @property
    def path(self) -> str:
        """The address, after redirects, without scheme, host and query."""
        return urlsplit(self.address).path

    def form(self, *, action: str = "", fields: Iterable[str] = (), method: str = "post") -> Form:
        """The first form of that method with these fields, whose action's whole path matches the pattern.

        Raises ShopError where the page has none.
        """
        wanted = set(fields)
        for form in self.forms:
            if (
                form.method == method
                and wanted <= form.fields.keys()
                and re.fullmatch(action or ".*", form.path)
            ):
                return form
        what = f" to {action}" if action else ""
        names = f" with the fields {', '.join(sorted(wanted))}" if wanted else ""
        raise ShopError(f"{self.address} has no {method.upper()} form{what}{names}")

    def has_form(self, action: str) -> bool:
        """Whether any form's action has a path that matches the pattern, whole."""
        return any(re.fullmatch(action, form.path) for form in self.forms)

    def matching(self, pattern: str) -> Iterator[str]:
        """Addresses of the links whose path matches the pattern, whole, each once."""
        seen: set[str] = set()
        for link in self.links:
            if re.fullmatch(pattern, urlsplit(link).path) and link not in seen:
                seen.add(link)
                yield link


class _Reader(HTMLParser):
    """Collects the forms, links, images and words of the page at an address."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.words: list[str] = []
        self._address = address
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._open_field: Field | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "template"}:
            self._silent += 1
        elif tag == "a" and "href" in given:
            self.links.append(urljoin(self._address, given["href"]))
        elif tag == "img" and "src" in given:
            self.images.append(urljoin(self._address, given["src"]))
        elif tag == "form":
            self._open_form(given)
        elif tag in {"input", "textarea", "select", "button"}:
            self._control(tag, given)
        elif tag == "option" and self._open_field is not None:
            self._option(self._open_field, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "template"}:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag in {"textarea", "select"}:
            self._close_field()

    def _close_field(self) -> None:
        if self._open_field is not None and self._open_field.value is None:
            # As browsers do: a select without a selected option sends its first, an empty textarea nothing.
            self._open_field.value = next(iter(self._open_field.choices), "")
        self._open_field = None

    def handle_data(self, data: str) -> None:
        if self._open_field is not None and self._open_field.kind == "textarea":
            self._open_field.value = (self._open_field.value or "") + data
        if not self._silent and data.strip():
            self.words.extend(data.split())

    def _open_form(self, given: dict[str, str]) -> None:
        address = urljoin(self._address, given.get("action", "") or self._address)
        self._form = Form(address, given.get("method", "get").lower())
        self.forms.append(self._form)
        if "id" in given:
            self._by_id[given["id"]] = self._form

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        name = given.get("name", "")
        kind = given.get("type", "text").lower() if tag == "input" else tag
        if form is None or not name or "disabled" in given or _NOT_SENT.fullmatch(kind):
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
            self._open_field = control

    @staticmethod
    def _option(select: Field, given: dict[str, str]) -> None:
        value = given.get("value", "")
        select.choices.append(value)
        if "selected" in given:
            select.value = value
