"""A browser's memory over the standard library's HTTP: cookies, redirects and uploads, nothing to install."""

import socket
import ssl
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Protocol
from urllib.parse import urlencode, urljoin

from probe.page import Form, Page, Unexpected

TIMEOUT_SECONDS = 30


class Upload:
    """A file as a form sends it."""

    def __init__(self, name: str, content_type: str, content: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.content = content


class Client(Protocol):
    """One customer's browser. `Browser` is the one for a journey; a load test has its own that also keeps times."""

    def open(self, address: str) -> Page:
        """Follow a link, with its redirects."""

    def submit(
        self, form: Form, values: Mapping[str, str] | None = None, uploads: Mapping[str, Upload] | None = None
    ) -> Page:
        """Send a form filled with these values, and follow where it leads."""


class Unreachable(Unexpected):
    """Nothing answered at the address."""


class Browser:
    """One customer with a session of their own at the shop whose root is `root`.

    `authority` is a PEM file of certificates to trust besides nothing else; without it, the system's.
    """

    def __init__(self, root: str, authority: str | None = None) -> None:
        self.root = root.rstrip("/") + "/"
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)),
        )
        self._opener.addheaders = [("User-Agent", "bookstore-probe"), ("Accept", "text/html, */*")]

    def open(self, address: str) -> Page:
        return self._send(urllib.request.Request(urljoin(self.root, address)))  # noqa: S310

    def submit(
        self, form: Form, values: Mapping[str, str] | None = None, uploads: Mapping[str, Upload] | None = None
    ) -> Page:
        fields = form.filled(values or {})
        if form.method == "get":
            return self.open(f"{form.address.partition('?')[0]}?{urlencode(fields)}")
        body, content_type = multipart(fields, uploads or {}) if form.has_upload else _urlencoded(fields)
        # Behind TLS a shop checks where a form came from, so the probe says it as a browser does.
        headers = {"Content-Type": content_type, "Referer": form.address}
        return self._send(urllib.request.Request(form.address, body, headers))  # noqa: S310

    def _send(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Page(answer.url, answer.status, answer.read(), answer.headers.get("Content-Type", ""))
        except urllib.error.HTTPError as refusal:
            with refusal:
                content_type = refusal.headers.get("Content-Type", "")
                return Page(refusal.url, refusal.code, refusal.read(), content_type)
        except (urllib.error.URLError, TimeoutError, ConnectionError, socket.gaierror) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(f"{request.full_url} does not answer: {reason}") from error


def _urlencoded(fields: Mapping[str, str]) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def multipart(fields: Mapping[str, str], uploads: Mapping[str, Upload]) -> tuple[bytes, str]:
    """The body and content type of multipart/form-data (RFC 7578). Names are the form's own and hold no quotes."""
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
