"""`python -m tests.boot.handshake HOST`: what a server says to each version of TLS, as JSON."""

import json
import socket
import ssl
import sys
import warnings


def answer(host: str, version: ssl.TLSVersion) -> str:
    """Give the version that was agreed on, or the reason why none was."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # or this side would refuse the old ones by itself
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
    warnings.simplefilter("ignore", DeprecationWarning)  # that the old ones are old is the point
    old_and_new = (
        ssl.TLSVersion.TLSv1,
        ssl.TLSVersion.TLSv1_1,
        ssl.TLSVersion.TLSv1_2,
        ssl.TLSVersion.TLSv1_3,
    )
    print(json.dumps({version.name: answer(sys.argv[1], version) for version in old_and_new}))
