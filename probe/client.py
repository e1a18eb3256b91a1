"""A browser's memory over the standard library's HTTP: cookies, redirects and uploads, nothing to install."""

import ssl
import urllib.error
import urllib.request
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

from probe.page import Form, Page, ShopError

TIMEOUT_SECONDS = 30


class Upload:
    """A file as a form sends it."""

    def __init__(self, name: str, content_type: str, content: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.content = content


@dataclass(frozen=True)
class Request:
    """What a browser sends; unless `other` names a method, it is a GET, or a POST where it has a body."""

    address: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None

    @property
    def method(self) -> str:
        """Return the request's method."""
        return self.other or ("GET" if self.body is None else "POST")

    @classmethod
    def of(
        cls, form: Form, values: Mapping[str, str] | None, uploads: Mapping[str, Upload] | None
    ) -> "Request":
        """Return the request by which a browser sends this form."""
        fields = form.filled(values or {})
        if form.method == "get":
            return cls(f"{form.address.partition('?')[0]}?{urlencode(fields)}")
        body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if form.has_upload:
            body, content_type = multipart(fields, uploads or {})
        # Behind TLS the shop checks where a form came from, so it is told as a browser tells it.
        return cls(form.address, body, {"Content-Type": content_type, "Referer": form.address})


class Client(ABC):
    """One customer's browser: `Browser` below, or the one that a load test measures with."""

    def open(self, address: str) -> Page:
        """Get an address, relative to the shop's or whole. Raises ShopError where nothing answers."""
        return self.send(Request(address))

    def submit(
        self,
        form: Form,
        values: Mapping[str, str] | None = None,
        uploads: Mapping[str, Upload] | None = None,
    ) -> Page:
        """Send a form filled with these values. Raises ShopError where nothing answers."""
        return self.send(Request.of(form, values, uploads))

    @abstractmethod
    def send(self, request: Request) -> Page:
        """Return the page that the request leads to, after redirects."""


class Browser(Client):
    """One customer with a session of their own at the shop whose root is `root`.

    Args:
        root: the shop's address.
        authority: a PEM file of the only certificates to trust; without it, the system's.
        cookies: those that another browser has, to go on as the same customer.
    """

    def __init__(self, root: str, authority: str | None = None, cookies: CookieJar | None = None) -> None:
        self.root = root.rstrip("/") + "/"
        self.cookies = CookieJar() if cookies is None else cookies
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)),
        )
        self._opener.addheaders = [("User-Agent", "bookstore-probe"), ("Accept", "text/html, */*")]

    def send(self, request: Request) -> Page:
        """Return the page that the request leads to, after redirects."""
        address = urljoin(self.root, request.address)
        sent = urllib.request.Request(  # noqa: S310 - the shop's own
            address, request.body, dict(request.headers), method=request.method
        )
        try:
            with self._opener.open(sent, timeout=TIMEOUT_SECONDS) as answer:
                return Page(answer.url, answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Page(refusal.url, refusal.code, refusal.read(), dict(refusal.headers))
        except (urllib.error.URLError, HTTPException, OSError) as error:
            raise ShopError(f"{address} does not answer: {getattr(error, 'reason', error)}") from error


def multipart(fields: Mapping[str, str], uploads: Mapping[str, Upload]) -> tuple[bytes, str]:
    """Return body and content type of multipart/form-data (RFC 7578).

    Names come from a form and hold no quotes.
    """
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, upload in uploads.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{upload.name}"\r\n'
        parts.append(f"{head}Content-Type: {upload.content_type}\r\n\r\n".encode() + upload.content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
