"""A DNS record at DuckDNS as a Pulumi resource. https://www.duckdns.org/spec.jsp"""

from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

FIELDS = ("domain", "token", "address", "service")
SERVICE = "https://www.duckdns.org/update"


class DuckDnsError(Exception):
    """DuckDNS did not accept the record. The message names the domain, never the token."""


class DuckDnsProvider(ResourceProvider):
    """Creates, updates and clears the record."""

    def create(self, props: dict[str, str]) -> CreateResult:
        """Create the record."""
        _request(props, {"ip": props["address"]})
        return CreateResult(id_=props["domain"], outs=dict(props))

    def diff(self, _id: str, old: dict[str, str], new: dict[str, str]) -> DiffResult:
        """Compare the fields; another domain is another record."""
        changed = [key for key in FIELDS if old.get(key) != new.get(key)]
        return DiffResult(
            changes=bool(changed),
            replaces=["domain"] if "domain" in changed else [],
            delete_before_replace=False,
        )

    def update(self, _id: str, _old: dict[str, str], new: dict[str, str]) -> UpdateResult:
        """Point the record at another address."""
        _request(new, {"ip": new["address"]})
        return UpdateResult(outs=dict(new))

    def delete(self, _id: str, props: dict[str, str]) -> None:
        """Clear the record."""
        _request(props, {"clear": "true"})


def _request(record: dict[str, str], parameters: dict[str, str]) -> None:
    """Send one request. Its URL holds the token, so no message may show it."""
    query = urlencode({"domains": record["domain"], "token": record["token"], **parameters})
    try:
        with urlopen(f"{record['service']}?{query}", timeout=30) as response:  # noqa: S310  # nosec B310
            answer = response.read(16).decode(errors="replace").strip()
    except (URLError, OSError) as error:
        raise DuckDnsError(
            f"DuckDNS cannot be reached for {record['domain']} ({type(error).__name__}); try again later"
        ) from None
    if answer != "OK":
        raise DuckDnsError(
            f"DuckDNS refused {record['domain']}; "
            "check that the domain and the token belong to the same account"
        )


class DuckDnsRecord(Resource):
    """Keeps `<domain>.duckdns.org` pointing at an address.

    Args:
        domain: the part before `.duckdns.org`.
        token: the account's token, a secret.
        address: the IPv4 address that the name resolves to.
        service: the URL of DuckDNS's API.
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
