"""The settings of `scaled`: the BookStore on servers that come and go."""

from dataclasses import dataclass
from typing import Self

from infra.aws.domain import Route53
from infra.settings.keys import Keys
from infra.settings.monolith import EMAIL, IMAGE, INSTANCE_TYPE, NAME, UBUNTU


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """The settings of `scaled`: the BookStore on servers that come and go. Storage is in GiB."""

    region: str
    emulator: str | None
    zones: int
    nat: str
    machine_image: str
    server_size: str
    server_image: str | None
    servers_least: int
    servers_most: int
    processor_target: int
    requests_target: int
    rds_version: str
    rds_class: str
    rds_storage: int
    rds_backup_days: int
    rds_multi_az: bool
    rds_protected: bool
    keep_data: bool
    build_image: bool
    route53_zone: str | None
    route53_name: str | None
    firewall: bool
    firewall_rate: int
    alarm_email: str | None
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: Keys) -> Self:
        """Take the settings of `scaled` from the stack's keys."""
        keys.refuse_half("route53Zone", "route53Name")
        emulator = keys.pattern(
            "emulator", r"https?://[\w.:-]+/?", "", "the URL of an emulated AWS, or nothing"
        )
        least = keys.number("serversLeast", 2, 1, 20)
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            emulator=emulator or None,
            zones=keys.number("zones", 3, 2, 4),
            nat=keys.choice("nat", "instance", ["instance", "gateway", "gateways"]),
            machine_image=keys.pattern(
                "machineImage", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"
            ),
            server_size=keys.pattern("serverSize", INSTANCE_TYPE, "t3.micro", "an instance type of x86_64"),
            server_image=keys.pattern("serverImage", r"ami-[0-9a-f]+", "", "an ami-..., or nothing") or None,
            servers_least=least,
            servers_most=keys.number("serversMost", max(4, least), least, 20),
            processor_target=keys.number("processorTarget", 50, 10, 90),
            requests_target=keys.number("requestsTarget", 1200, 10, 1_000_000),
            rds_version=keys.pattern("rdsVersion", r"\d+\.\d+", "8.4", "a version of MySQL such as 8.4"),
            rds_class=keys.pattern(
                "rdsClass", r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.t3.micro", "an instance class of RDS"
            ),
            rds_storage=keys.number("rdsStorage", 20, 20, 6144),
            rds_backup_days=keys.number("rdsBackupDays", 7, 1, 35),
            rds_multi_az=keys.flag("rdsMultiAz", False),
            rds_protected=keys.flag("rdsProtected", False),
            keep_data=keys.flag("keepData", True),
            # An emulated registry takes no images.
            build_image=keys.flag("buildImage", not emulator),
            route53_zone=keys.pattern("route53Zone", NAME, "", "a zone of the account, as example.com")
            or None,
            route53_name=keys.pattern("route53Name", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            firewall=keys.flag("firewall", True),
            firewall_rate=keys.number("firewallRate", 6000, 100, 2_000_000),
            alarm_email=keys.pattern("alarmEmail", EMAIL, "", "an e-mail address, or nothing") or None,
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )

    @property
    def domain(self) -> Route53 | None:
        """Give the shop's own name; None has it take CloudFront's.

        An emulated address is nobody's: no real name must lead there.
        """
        if self.emulator is None and self.route53_zone is not None and self.route53_name is not None:
            return Route53(zone=self.route53_zone, name=self.route53_name)
        return None
