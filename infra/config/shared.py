"""Settings that several stages share, in groups; each is stated once."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.config.settings import EMAIL, DomainName, Settings, matching

if TYPE_CHECKING:
    from infra.components.aws.endpoint.domain import Route53

# What Canonical calls current: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"
NAT = (
    "How private subnets reach the Internet: a NAT instance (about 7.50 USD a month) or NAT gateways (each "
    "about 36.50 USD a month and 0.045 USD a GB)"
)
BUILD_IMAGE = (
    "Build the shop's container image here and push it to ECR; with false, push the tag that "
    "`make image-tag` prints yourself. On an emulated AWS the default is false"
)

BackupRetentionDays = Annotated[
    int,
    Field(ge=1, le=35, description="Days that backups are kept: nightly dumps, or RDS's automated backups"),
]


class OrderTimeout(Settings):
    """How long an order waits for its payment."""

    order_timeout_minutes: Annotated[
        int, Field(ge=1, le=1440, description="Minutes that an unpaid order reserves its books")
    ] = 15


class Region(Settings):
    """Where in AWS the stack is deployed."""

    region: Annotated[
        str, matching(r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region"), Field(description="AWS region to deploy to")
    ] = "us-east-1"


class Emulated(Region):
    """A stage that can be deployed on an emulated AWS."""

    emulator: Annotated[
        str | None,
        matching(r"https?://[\w.:-]+/?", "the URL of an emulated AWS"),
        Field(description="URL of an emulated AWS; empty: AWS itself, with your credentials"),
    ] = None
    build_image: bool = Field(
        default_factory=lambda data: data.get("emulator") is None,
        description=BUILD_IMAGE,
    )


class Nat(Settings):
    """The way out of private subnets."""

    nat: Annotated[
        Literal["instance", "gateway", "gateway-per-zone"],
        Field(description=NAT),
    ] = "instance"
    ami: Annotated[
        str,
        matching(r"ami-[0-9a-f]+|/\S+", "an ami-... or an SSM parameter that holds one"),
        Field(
            description="AMI of the NAT instance, and of both servers in monolith: Ubuntu 22.04 for x86_64"
        ),
    ] = UBUNTU


class Data(Settings):
    """What becomes of the data."""

    backup_retention_days: BackupRetentionDays = 14
    retain_data: Annotated[
        bool,
        Field(description="Keep volumes, files, backups and a final snapshot when the stack is destroyed"),
    ] = True


class HostedZone(Settings):
    """A domain name in Route 53."""

    hosted_zone: Annotated[
        DomainName, Field(description="Route 53 hosted zone of the account; needs `domainName`")
    ] = None
    domain_name: Annotated[
        DomainName, Field(description="The shop's domain name in that zone; needs `hostedZone`")
    ] = None

    @model_validator(mode="after")
    def _zone_and_name(self) -> Self:
        self._both_or_neither("hosted_zone", "domain_name")
        return self

    @property
    def route53(self) -> "Route53 | None":
        """Return the shop's own domain name, if it has one."""
        from infra.components.aws.endpoint.domain import Route53

        if self.hosted_zone is None or self.domain_name is None:
            return None
        return Route53(zone=self.hosted_zone, name=self.domain_name)


class AlarmEmail(Settings):
    """Who is told of alarms."""

    alarm_email: Annotated[
        str | None,
        EMAIL,
        Field(description="E-mail address that is notified of alarms; AWS asks it to confirm"),
    ] = None


class Rds(Settings):
    """The database as a service."""

    rds_instance_class: Annotated[
        str,
        matching(r"db\.[a-z0-9-]+\.[a-z0-9-]+", "an instance class of RDS"),
        Field(description="RDS instance class; in cluster and sockshop, when the database is `rds`"),
    ] = "db.t3.micro"
