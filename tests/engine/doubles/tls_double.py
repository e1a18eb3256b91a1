"""pulumi-tls: texts with the length and shape of keys and certificates."""

import base64
import os
from textwrap import wrap

from tests.engine.doubles.provider import Behaviour, random_hex
from tests.engine.doubles.wire import Properties

BYTES = {"EC PRIVATE KEY": 121, "PUBLIC KEY": 91, "CERTIFICATE": 400, "CERTIFICATE REQUEST": 280}


class Double(Behaviour):
    """Keys and certificates, which are replaced rather than changed."""

    package = "tls"
    immutable = frozenset(
        {
            "algorithm",
            "ecdsaCurve",
            "rsaBits",
            "privateKeyPem",
            "certRequestPem",
            "caPrivateKeyPem",
            "caCertPem",
            "validityPeriodHours",
            "allowedUses",
            "subject",
            "ipAddresses",
            "dnsNames",
            "isCaCertificate",
        }
    )

    def identify(self, _type: str, _inputs: Properties) -> str:
        """Return a number."""
        return random_hex(40)

    def outputs(self, type_: str, _id: str, _inputs: Properties) -> Properties:
        """Return the outputs of the type."""
        kind = type_.rpartition(":")[2]
        made: dict[str, Properties] = {
            "PrivateKey": {"privateKeyPem": _pem("EC PRIVATE KEY"), "publicKeyPem": _pem("PUBLIC KEY")},
            "CertRequest": {"certRequestPem": _pem("CERTIFICATE REQUEST")},
            "SelfSignedCert": {"certPem": _pem("CERTIFICATE")},
            "LocallySignedCert": {"certPem": _pem("CERTIFICATE")},
        }
        return made[kind]


def _pem(label: str) -> str:
    body = "\n".join(wrap(base64.b64encode(os.urandom(BYTES[label])).decode(), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
