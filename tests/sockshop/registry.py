"""An image registry in memory: as much of the OCI distribution specification as skopeo needs."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

JSON = "application/vnd.oci.image.{}.v1+json"


class Registry:
    """A registry's content: blobs by digest, manifests by repository and tag or digest.

    It also takes requests as a proxy does, and then acts as every registry.

    Args:
        lost: a repository that refuses every upload.
        keys: the header Authorization that a host requires; other hosts require none, and accept none.
    """

    def __init__(self, lost: str = "", keys: dict[str, str] | None = None) -> None:
        self.lost = lost
        self.keys = keys or {}
        self.address = ""
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.uploads = 0

    def add(self, repository: str, tag: str, platforms: tuple[str, ...]) -> str:
        """Put an image for some platforms there, as if it had been pushed; give its digest."""
        entries = []
        for platform in platforms:
            layer = self._keep(f"files of {repository} for {platform}".encode())
            config = self._keep(json.dumps({"architecture": platform, "os": "linux"}).encode())
            manifest = {
                "schemaVersion": 2,
                "mediaType": JSON.format("manifest"),
                "config": {"mediaType": JSON.format("config"), **config},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer}],
            }
            entry = self.push(repository, "", JSON.format("manifest"), json.dumps(manifest).encode())
            entries.append({**entry, "platform": {"architecture": platform, "os": "linux"}})
        index = {"schemaVersion": 2, "mediaType": JSON.format("index"), "manifests": entries}
        return str(self.push(repository, tag, JSON.format("index"), json.dumps(index).encode())["digest"])

    def push(self, repository: str, tag: str, kind: str, body: bytes) -> dict[str, object]:
        """Keep a manifest under its digest, and a tag unless that is empty."""
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        for reference in {digest, tag or digest}:
            self.manifests[repository, reference] = (kind, body)
        return {"mediaType": kind, "digest": digest, "size": len(body)}

    def _keep(self, content: bytes) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return {"digest": digest, "size": len(content)}


@contextmanager
def serve(registry: Registry) -> Iterator[Registry]:
    """Serve it on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(registry))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    registry.address = f"127.0.0.1:{server.server_port}"
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(registry: Registry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def parse_request(self) -> bool:
            """Take the whole address that a proxy is asked for apart, and turn strangers away."""
            if not super().parse_request():
                return False
            address = urlsplit(self.path)
            self.path = address._replace(scheme="", netloc="").geturl()
            if self.headers.get("Authorization") == registry.keys.get(address.netloc):
                return True
            self.close_connection = True
            self._answer(401, headers={"WWW-Authenticate": 'Basic realm="images"', "Connection": "close"})
            return False

        def do_GET(self) -> None:
            if self.path.rstrip("/") == "/v2":
                self._answer(200)
            elif found := re.fullmatch(r"/v2/(.+)/manifests/(.+)", self.path):
                kept = registry.manifests.get((found[1], found[2]))
                self._answer(*((200, kept[1], {"Content-Type": kept[0]}) if kept else (404,)))
            elif found := re.fullmatch(r"/v2/.+/blobs/(.+)", self.path):
                blob = registry.blobs.get(found[1])
                self._answer(*((200, blob) if blob is not None else (404,)))
            else:
                self._answer(404)

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self) -> None:
            self._body()
            if registry.lost and registry.lost in self.path:
                self._answer(404, b'{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}')
                return
            registry.uploads += 1
            place = self.path.partition("?")[0].rstrip("/") + f"/{registry.uploads}"
            self._answer(202, headers={"Location": place, "Range": "0-0"})

        def do_PATCH(self) -> None:
            registry.blobs[self.path] = registry.blobs.get(self.path, b"") + self._body()
            self._answer(202, headers={"Location": self.path, "Range": f"0-{len(registry.blobs[self.path])}"})

        def do_PUT(self) -> None:
            body = self._body()
            if found := re.fullmatch(r"/v2/(.+)/manifests/(.+)", self.path):
                pushed = registry.push(found[1], found[2], self.headers["Content-Type"], body)
                self._answer(201, headers={"Docker-Content-Digest": str(pushed["digest"])})
                return
            place, _, digest = self.path.partition("?digest=")
            digest = digest.replace("%3A", ":")
            content = registry.blobs.pop(place, b"") + body
            if digest != f"sha256:{hashlib.sha256(content).hexdigest()}":
                self._answer(400)
                return
            registry.blobs[digest] = content
            self._answer(201, headers={"Docker-Content-Digest": digest})

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content

        def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            given = headers or {}
            if body and status == 200:
                given = {"Docker-Content-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}", **given}
            for name, value in {"Content-Type": "application/octet-stream", **given}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: what was asked for is seen in what is kept."""

    return Handler
