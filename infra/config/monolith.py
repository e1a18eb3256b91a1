"""The settings of `monolith`: the BookStore on two EC2 instances."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from infra.config.settings import EMAIL, Cidr, InstanceType, RefusedError, matching
from infra.config.shared import NAT, AlarmEmail, Data, Emulated, HostedZone, Nat, OrderTimeout
from infra.remedy import PROJECT

if TYPE_CHECKING:
    from infra.components.aws.endpoint.domain import Domain


class Monolith(OrderTimeout, AlarmEmail, HostedZone, Data, Nat, Emulated):
    """The settings of `monolith`: the BookStore on two EC2 instances. Volumes are in GiB."""

    nat: Annotated[Literal["instance", "gateway"], Field(description=NAT)] = "instance"
    app_instance_type: Annotated[
        InstanceType,
        Field(description="Instance type of the app server; a change restarts it"),
    ] = "t2.small"
    app_volume_size: Annotated[
        int,
        Field(
            ge=1,
            le=1024,
            description="Size of the app server's volume, GiB; it can grow, never shrink",
        ),
    ] = 5
    database_instance_type: Annotated[
        InstanceType,
        Field(description="Instance type of the database server; a change restarts it"),
    ] = "t2.micro"
    database_volume_size: Annotated[
        int,
        Field(ge=5, le=1024, description="Size of MySQL's volume, GiB; it can grow, never shrink"),
    ] = 10
    duckdns_domain: Annotated[
        str | None,
        matching(r"[a-z0-9-]+", "the part before .duckdns.org"),
        Field(description="DuckDNS subdomain: the shop is `<this>.duckdns.org`; needs `duckdnsToken`"),
    ] = None
    duckdns_token: Annotated[
        SecretStr | None, Field(description="Token of the DuckDNS account, a secret; needs `duckdnsDomain`")
    ] = None
    acme_email: Annotated[
        str,
        EMAIL,
        Field(
            description="E-mail address for the account at Let's Encrypt, which warns before certificates end"
        ),
    ] = ""
    ssh_cidr: Annotated[
        Cidr, Field(description="Addresses that may use SSH to the app server; needs `sshPublicKey`")
    ] = None
    ssh_public_key: Annotated[
        str | None,
        matching(r"ssh-(rsa|ed25519) \S+( .*)?", "an OpenSSH public key, RSA or ED25519: EC2 takes no other"),
        Field(description="OpenSSH public key for the app server; needs `sshCidr`"),
    ] = None

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if self.emulator is None:  # which is given no secrets, and needs none
            self._both_or_neither("duckdns_domain", "duckdns_token")
        self._both_or_neither("ssh_cidr", "ssh_public_key")
        if self.duckdns_domain is not None and self.hosted_zone is not None:
            raise RefusedError(
                f"{PROJECT}:duckdnsDomain and {PROJECT}:hostedZone are both set",
                "take one of them out",
                {"duckdnsDomain": None},
            )
        return self

    @property
    def domain(self) -> "Domain":
        """Return the shop's name: at sslip.io, which needs nothing, unless the settings give another.

        An emulated address is nobody's: no real name must lead there.
        """
        import pulumi

        from infra.components.aws.endpoint.domain import DuckDns, Sslip

        if self.emulator is not None:
            return Sslip()
        if self.duckdns_domain is not None and self.duckdns_token is not None:
            token = pulumi.Output.secret(self.duckdns_token.get_secret_value())
            return DuckDns(domain=self.duckdns_domain, token=token)
        return self.route53 or Sslip()
