"""The settings of `scaled`: the BookStore on servers that come and go."""

from dataclasses import dataclass
from typing import Self

from infra.components.aws.endpoint.domain import Route53
from infra.config.keys import StackConfig
from infra.config.monolith import EMAIL, IMAGE, INSTANCE_TYPE, NAME, UBUNTU


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """The settings of `scaled`: the BookStore on servers that come and go. Storage is in GiB."""

    region: str
    emulator: str | None
    zones: int
    nat: str
    ami: str
    server_instance_type: str
    server_ami: str | None
    min_size: int
    max_size: int
    cpu_target: int
    requests_per_target: int
    rds_engine_version: str
    rds_instance_class: str
    rds_allocated_storage: int
    backup_retention_days: int
    rds_multi_az: bool
    rds_deletion_protection: bool
    retain_data: bool
    build_image: bool
    hosted_zone: str | None
    domain_name: str | None
    firewall: bool
    waf_rate_limit: int
    alarm_email: str | None
    order_timeout_minutes: int

    @classmethod
    def read(cls, keys: StackConfig) -> Self:
        """Take the settings of `scaled` from the stack's keys."""
        keys.refuse_half("hostedZone", "domainName")
        emulator = keys.pattern(
            "emulator", r"https?://[\w.:-]+/?", "", "the URL of an emulated AWS, or nothing"
        )
        least = keys.number("minSize", 2, 1, 20)
        return cls(
            region=keys.pattern("region", r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "an AWS region"),
            emulator=emulator or None,
            zones=keys.number("zones", 3, 2, 4),
            nat=keys.choice("nat", "instance", ["instance", "gateway", "gateway-per-zone"]),
            ami=keys.pattern("ami", IMAGE, UBUNTU, "an ami-... or an SSM parameter that holds one"),
            server_instance_type=keys.pattern(
                "serverInstanceType", INSTANCE_TYPE, "t3.micro", "an instance type of x86_64"
            ),
            server_ami=keys.pattern("serverAmi", r"ami-[0-9a-f]+", "", "an ami-..., or nothing") or None,
            min_size=least,
            max_size=keys.number("maxSize", max(4, least), least, 20),
            cpu_target=keys.number("cpuTarget", 50, 10, 90),
            requests_per_target=keys.number("requestsPerTarget", 1200, 10, 1_000_000),
            rds_engine_version=keys.pattern(
                "rdsEngineVersion", r"\d+\.\d+", "8.4", "a version of MySQL such as 8.4"
            ),
            rds_instance_class=keys.pattern(
                "rdsInstanceClass", r"db\.[a-z0-9-]+\.[a-z0-9-]+", "db.t3.micro", "an instance class of RDS"
            ),
            rds_allocated_storage=keys.number("rdsAllocatedStorage", 20, 20, 6144),
            backup_retention_days=keys.number("backupRetentionDays", 7, 1, 35),
            rds_multi_az=keys.flag("rdsMultiAz", False),
            rds_deletion_protection=keys.flag("rdsDeletionProtection", False),
            retain_data=keys.flag("retainData", True),
            # An emulated registry takes no images.
            build_image=keys.flag("buildImage", not emulator),
            hosted_zone=keys.pattern("hostedZone", NAME, "", "a zone of the account, as example.com") or None,
            domain_name=keys.pattern("domainName", NAME, "", "a name in the zone, as shop.example.com")
            or None,
            firewall=keys.flag("firewall", True),
            waf_rate_limit=keys.number("wafRateLimit", 6000, 100, 2_000_000),
            alarm_email=keys.pattern("alarmEmail", EMAIL, "", "an e-mail address, or nothing") or None,
            order_timeout_minutes=keys.number("orderTimeoutMinutes", 15, 1, 1440),
        )

    @property
    def domain(self) -> Route53 | None:
        """Return the shop's own name; None has it take CloudFront's.

        An emulated address is nobody's: no real name must lead there.
        """
        if self.emulator is None and self.hosted_zone is not None and self.domain_name is not None:
            return Route53(zone=self.hosted_zone, name=self.domain_name)
        return None
