"""Where a public hostname comes from."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Sslip:
    """`<address-with-dashes>.sslip.io`: a public DNS service that answers with the address in the name."""


@dataclass(frozen=True, kw_only=True)
class DuckDns:
    """`<domain>.duckdns.org`: free, with an account at https://www.duckdns.org.

    Args:
        domain: the part before `.duckdns.org`.
        token: the account's token, a secret.
    """

    domain: str
    token: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Route53:
    """A name in a hosted zone that the account has in Route 53.

    Args:
        zone: the hosted zone, such as `example.com`.
        name: a name in that zone, such as `www.example.com`.
    """

    zone: str
    name: str


Domain = Sslip | DuckDns | Route53
