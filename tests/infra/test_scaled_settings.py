"""The settings of `scaled`: what a stack without any gets, and what is refused."""

import pytest
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

from infra import config
from infra.components.aws.endpoint.domain import Route53
from infra.config import Scaled
from infra.config.shared import UBUNTU
from infra.errors import DeploymentError
from tests.infra.mocks import Recorder
from tests.infra.refusal import assert_refused


def read(**written: str) -> Scaled:
    """Read the settings of a stack `scaled` in which these keys are set."""
    set_mocks(Recorder(), project="bookstore", stack="scaled")
    set_all_config({f"bookstore:{key}": value for key, value in written.items()})
    chosen = config.read()
    assert isinstance(chosen, Scaled)
    return chosen


def test_a_stack_without_settings_has_the_defaults() -> None:
    assert read() == Scaled(
        region="us-east-1",
        emulator=None,
        availability_zones=3,
        nat="instance",
        ami=UBUNTU,
        server_instance_type="t3.micro",
        server_ami=None,
        min_size=2,
        max_size=4,
        cpu_target=50,
        requests_per_target=1200,
        rds_engine_version="8.4",
        rds_instance_class="db.t3.micro",
        rds_allocated_storage=20,
        backup_retention_days=7,
        rds_multi_az=False,
        rds_deletion_protection=False,
        retain_data=True,
        build_image=True,
        hosted_zone=None,
        domain_name=None,
        waf=True,
        waf_rate_limit=6000,
        alarm_email=None,
        order_timeout_minutes=15,
    )
    assert read().domain is None


def test_a_zone_gives_the_name_but_not_to_an_emulated_shop() -> None:
    chosen = {"hostedZone": "example.com", "domainName": "shop.example.com"}
    assert read(**chosen).domain == Route53(zone="example.com", name="shop.example.com")
    assert read(emulator="http://127.0.0.1:5000", **chosen).domain is None


def test_the_most_is_never_less_than_the_least() -> None:
    assert read(minSize="6").max_size == 6
    with pytest.raises(DeploymentError, match="choose 3-20"):
        read(minSize="3", maxSize="2")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("availabilityZones", "1", "2-4"),
        ("nat", "none", "instance or gateway or gateway-per-zone"),
        ("serverInstanceType", "micro", "an instance type"),
        ("serverAmi", "/aws/service/ami", "an ami-..."),
        ("minSize", "0", "1-20"),
        ("rdsEngineVersion", "mysql8", "a version of MySQL"),
        ("rdsInstanceClass", "t3.micro", "an instance class of RDS"),
        ("rdsAllocatedStorage", "10", "20-6144"),
        ("backupRetentionDays", "36", "1-35"),
        ("rdsMultiAz", "yes", "true or false"),
        ("wafRateLimit", "99", "100-2000000"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    assert_refused(read, key, value, allowed)


def test_half_of_a_name_is_refused() -> None:
    with pytest.raises(DeploymentError, match="bookstore:hostedZone is set and bookstore:domainName is not"):
        read(hostedZone="example.com")
