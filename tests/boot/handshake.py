"""What a server answers to each version of TLS, as JSON: `python -m tests.boot.handshake HOST`."""

import json
import socket
import ssl
import sys
import warnings


def answer(host: str, version: ssl.TLSVersion) -> str:
    """Return the agreed version, or the reason why there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # otherwise the client refuses old versions itself
    context.minimum_version = context.maximum_version = version
    try:
        with (
            socket.create_connection((host, 443), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return str(secure.version())
    except ssl.SSLError as refusal:
        return refusal.reason


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the point
    old_and_new = (
        ssl.TLSVersion.TLSv1,
        ssl.TLSVersion.TLSv1_1,
        ssl.TLSVersion.TLSv1_2,
        ssl.TLSVersion.TLSv1_3,
    )
    print(json.dumps({version.name: answer(sys.argv[1], version) for version in old_and_new}))
