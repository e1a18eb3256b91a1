"""The settings of `monolith`: the BookStore on two machines in AWS."""

from dataclasses import dataclass
from typing import Self

import pulumi

from infra.components.aws.endpoint.domain import Domain, DuckDns, Route53, Sslip
from infra.config.keys import StackConfig

EMAIL = r"[^@\s]+@[^@\s]+"
IMAGE = r"ami-[0-9a-f]+|/\S+"
INSTANCE_TYPE = r"[a-z0-9-]+\.[a-z0-9-]+"
# What Canonical calls current: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"
NAME = r"[a-z0-9-]+(\.[a-z0-9-]+)+"


@dataclass(frozen=True, kw_only=True)
class Monolith:
    """The settings of `monolith`: the BookStore on two machines in AWS. Disks are in GiB."""

    region: str
    emulator: str | None
    ami: str
    nat: str
    app_instance_type: str
    app_volume_size: int
    database_instance_type: str
    database_volume_size: int
    backup_retention_days: int
    retain_data: bool
    build_image: bool
    duckdns_domain: str | None
    duckdns_token: pulumi.Output[str] | None
    hosted_zone: str | None
    domain_name: str | None
    acme_email: str
    alarm_email: str | None
    ssh_cidr: str | None
    ssh_public_key: str | None
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take the settings of `monolith` from the stack's keys."""
        if not keys.text("emulator", ""):  # which is given no secrets, and needs none
            keys.refuse_half("duckdnsDomain", "duckdnsToken")
        keys.refuse_half("hostedZone", "domainName")
        keys.refuse_half("sshCidr", "sshPublicKey")
        keys.refuse_both("duckdnsDomain", "hostedZone")
        token = keys.text("duckdnsToken", "")
        emulator = keys.pattern(
            "emulator", r"https?://[\w.:-]+/?", "", "the URL of an emulated AWS, or nothing"
        )
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            emulator=emulator or None,
            ami=keys.pattern("ami", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"),
            nat=keys.choice("nat", "instance", ["instance", "gateway"]),
            app_instance_type=keys.pattern(
                "appInstanceType", INSTANCE_TYPE, "t2.small", "an instance type of x86_64"
            ),
            app_volume_size=keys.number("appVolumeSize", 5, 1, 1024),
            database_instance_type=keys.pattern(
                "databaseInstanceType", INSTANCE_TYPE, "t2.micro", "an instance type of x86_64"
            ),
            database_volume_size=keys.number("databaseVolumeSize", 10, 5, 1024),
            backup_retention_days=keys.number("backupRetentionDays", 14, 1, 365),
            retain_data=keys.flag("retainData", True),
            # An emulated registry takes no images.
            build_image=keys.flag("buildImage", not emulator),
            duckdns_domain=keys.pattern("duckdnsDomain", r"[a-z0-9-]+", "", "the part before .duckdns.org")
            or None,
            duckdns_token=pulumi.Output.secret(token) if token else None,
            hosted_zone=keys.pattern("hostedZone", NAME, "", "a zone of the account, as example.com") or None,
            domain_name=keys.pattern("domainName", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            acme_email=keys.pattern("acmeEmail", EMAIL, "", "an e-mail address, or nothing"),
            alarm_email=keys.pattern("alarmEmail", EMAIL, "", "an e-mail address, or nothing") or None,
            ssh_cidr=keys.addresses("sshCidr"),
            ssh_public_key=keys.pattern(
                "sshPublicKey", r"(ssh|ecdsa)-\S+ \S+( .*)?", "", "an OpenSSH public key"
            )
            or None,
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )

    @property
    def domain(self) -> Domain:
        """Return the name that the shop gets: one at sslip.io, which needs nothing, unless the settings say.

        An emulated address is nobody's: no real name must lead there.
        """
        if self.emulator is not None:
            return Sslip()
        if self.duckdns_domain is not None and self.duckdns_token is not None:
            return DuckDns(domain=self.duckdns_domain, token=self.duckdns_token)
        if self.hosted_zone is not None and self.domain_name is not None:
            return Route53(zone=self.hosted_zone, name=self.domain_name)
        return Sslip()
