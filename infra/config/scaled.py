"""The settings of `scaled`: the BookStore on an Auto Scaling group."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationInfo, field_validator

from infra.config.settings import InstanceType, RefusedError, matching
from infra.config.shared import (
    AlarmEmail,
    BackupRetentionDays,
    Data,
    Emulated,
    HostedZone,
    Nat,
    OrderTimeout,
    Rds,
)
from infra.remedy import PROJECT

if TYPE_CHECKING:
    from infra.components.aws.endpoint.domain import Route53

MAX_SIZE = 20


class Scaled(OrderTimeout, AlarmEmail, HostedZone, Rds, Data, Nat, Emulated):
    """The settings of `scaled`: the BookStore on an Auto Scaling group. Storage is in GiB."""

    availability_zones: Annotated[int, Field(ge=2, le=4, description="Number of availability zones")] = 3
    server_instance_type: Annotated[
        InstanceType, Field(description="Instance type of the servers; a change replaces them one by one")
    ] = "t3.micro"
    server_ami: Annotated[
        str | None,
        matching(r"ami-[0-9a-f]+", "an ami-..."),
        Field(
            description="AMI that Image Builder built before; empty: build one for this version of the shop"
        ),
    ] = None
    min_size: Annotated[int, Field(ge=1, le=MAX_SIZE, description="Minimum number of servers")] = 2
    max_size: int = Field(
        default_factory=lambda data: max(4, data.get("min_size", 1)),
        ge=1,
        le=MAX_SIZE,
        description="Maximum number of servers, at least `minSize`",
    )
    cpu_target: Annotated[
        int, Field(ge=10, le=90, description="Average CPU utilization that scaling aims at, percent")
    ] = 50
    requests_per_target: Annotated[
        int,
        Field(ge=10, le=1_000_000, description="Requests a minute for each server that scaling aims at"),
    ] = 1200
    rds_engine_version: Annotated[
        str,
        matching(r"\d+\.\d+", "a version of MySQL such as 8.4"),
        Field(description="MySQL version on RDS; 8.0 is in extended support, about 146 USD a month more"),
    ] = "8.4"
    rds_allocated_storage: Annotated[
        int,
        Field(
            ge=20,
            le=6144,
            description="Allocated storage, GiB; RDS extends it up to five times when it fills",
        ),
    ] = 20
    rds_multi_az: Annotated[
        bool, Field(description="Multi-AZ: a standby in another zone, at twice the database's price")
    ] = False
    rds_deletion_protection: Annotated[
        bool, Field(description="Deletion protection: the stack can't be destroyed until it is false again")
    ] = False
    backup_retention_days: BackupRetentionDays = 7
    waf: Annotated[
        bool, Field(description="AWS WAF with managed rules and a rate limit, about 9 USD a month")
    ] = True
    waf_rate_limit: Annotated[
        int, Field(ge=100, le=2_000_000, description="Requests that one address may send in five minutes")
    ] = 6000

    @field_validator("max_size")
    @classmethod
    def _at_least_min_size(cls, max_size: int, info: ValidationInfo) -> int:
        min_size = info.data.get("min_size", 1)
        if max_size < min_size:
            raise RefusedError(
                f"{PROJECT}:maxSize is {max_size}",
                f"choose {min_size}-{MAX_SIZE}",
                {"maxSize": str(max(4, min_size))},
            )
        return max_size

    @property
    def domain(self) -> "Route53 | None":
        """Return the shop's own domain name; None has it take CloudFront's.

        An emulated address is nobody's: no real name must lead there.
        """
        return self.route53 if self.emulator is None else None
