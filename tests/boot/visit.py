"""One page as JSON, without following redirects: `python -m tests.boot.visit URL [AUTHORITY]`."""

import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit


def main(url: str, authority: str | None = None) -> None:
    """Print status, headers and text."""
    parts = urlsplit(url)
    assert parts.hostname
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        trusted = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=trusted)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", f"{parts.path or '/'}?{parts.query}".rstrip("?"))
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    print(
        json.dumps(
            {"status": answer.status, "headers": headers, "text": answer.read().decode(errors="replace")}
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
