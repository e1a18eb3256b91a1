"""The kinds of public names that a shop can have."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Sslip:
    """`<address-with-dashes>.sslip.io`: public DNS that answers with the address in the name, for anybody."""


@dataclass(frozen=True, kw_only=True)
class DuckDns:
    """`<domain>.duckdns.org`: free, with an account of https://www.duckdns.org.

    Args:
        domain: the part before `.duckdns.org`.
        token: the account's, a secret.
    """

    domain: str
    token: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Route53:
    """A name in a zone that Route 53 already serves for the account.

    Args:
        zone: the zone, such as `example.com`.
        name: the shop's name, in that zone.
    """

    zone: str
    name: str


Domain = Sslip | DuckDns | Route53
