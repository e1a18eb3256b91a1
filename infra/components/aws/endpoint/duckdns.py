"""A record at DuckDNS, as a resource of the stack. https://www.duckdns.org/spec.jsp"""

from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

FIELDS = ("domain", "token", "address", "service")
SERVICE = "https://www.duckdns.org/update"


class DuckDnsError(Exception):
    """DuckDNS did not take the record; the message names the domain, never the token."""


class DuckDnsProvider(ResourceProvider):
    """Writes the record when it is made or changed and clears it when it goes."""

    def create(self, props: dict[str, str]) -> CreateResult:
        """Write the record."""
        _tell(props, {"ip": props["address"]})
        return CreateResult(id_=props["domain"], outs=dict(props))

    def diff(self, _id: str, old: dict[str, str], new: dict[str, str]) -> DiffResult:
        """Tell whether DuckDNS must hear of a change; another domain is another record."""
        changed = [key for key in FIELDS if old.get(key) != new.get(key)]
        return DiffResult(
            changes=bool(changed),
            replaces=["domain"] if "domain" in changed else [],
            delete_before_replace=False,
        )

    def update(self, _id: str, _old: dict[str, str], new: dict[str, str]) -> UpdateResult:
        """Write the record anew."""
        _tell(new, {"ip": new["address"]})
        return UpdateResult(outs=dict(new))

    def delete(self, _id: str, props: dict[str, str]) -> None:
        """Clear the record."""
        _tell(props, {"clear": "true"})


def _tell(record: dict[str, str], what: dict[str, str]) -> None:
    """Send one request, whose address holds the token and so must never be part of a message."""
    query = urlencode({"domains": record["domain"], "token": record["token"], **what})
    try:
        with urlopen(f"{record['service']}?{query}", timeout=30) as response:  # noqa: S310  # nosec B310
            answer = response.read(16).decode(errors="replace").strip()
    except (URLError, OSError) as error:
        raise DuckDnsError(
            f"DuckDNS could not be asked for {record['domain']}: {type(error).__name__}"
        ) from None
    if answer != "OK":
        raise DuckDnsError(
            f"DuckDNS refused {record['domain']}; "
            "are bookstore:duckdnsDomain and bookstore:duckdnsToken of one account?"
        )


class DuckDnsRecord(Resource):
    """Keeps `<domain>.duckdns.org` pointing at an address.

    Args:
        name: the resource's name.
        domain: the part before `.duckdns.org`.
        token: the account's, a secret.
        address: IPv4, where the name shall lead.
        service: the URL that takes updates.
    """

    def __init__(
        self,
        name: str,
        *,
        domain: str,
        token: pulumi.Output[str],
        address: pulumi.Output[str],
        service: str = SERVICE,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        secret_token: pulumi.Output[str] = pulumi.Output.secret(token)
        props = {
            "domain": domain,
            "token": secret_token,
            "address": address,
            "service": service,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["token"])
        super().__init__(DuckDnsProvider(), name, props, pulumi.ResourceOptions.merge(opts, secret))
