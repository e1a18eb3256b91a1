"""The settings of `scaled`: what a stack without any gets, and what is refused."""

import pytest
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

from infra import settings
from infra.aws.domain import Route53
from infra.fault import Fault
from infra.settings import Scaled
from infra.settings.monolith import UBUNTU
from tests.infra.mocks import Recorder


def read(**written: str) -> Scaled:
    """Read the settings of a stack `scaled` in which these keys are set."""
    set_mocks(Recorder(), project="bookstore", stack="scaled")
    set_all_config({f"bookstore:{key}": value for key, value in (written | {"stage": "scaled"}).items()})
    chosen = settings.read()
    assert isinstance(chosen, Scaled)
    return chosen


def test_a_stack_without_settings_has_the_defaults() -> None:
    assert read() == Scaled(
        region="us-east-1",
        emulator=None,
        zones=3,
        nat="instance",
        machine_image=UBUNTU,
        server_size="t3.micro",
        server_image=None,
        servers_least=2,
        servers_most=4,
        processor_target=50,
        requests_target=1200,
        rds_version="8.4",
        rds_class="db.t3.micro",
        rds_storage=20,
        rds_backup_days=7,
        rds_multi_az=False,
        rds_protected=False,
        keep_data=True,
        build_image=True,
        route53_zone=None,
        route53_name=None,
        firewall=True,
        firewall_rate=6000,
        alarm_email=None,
        order_timeout_minutes=15,
    )
    assert read().domain is None


def test_a_zone_gives_the_name_but_not_to_an_emulated_shop() -> None:
    chosen = {"route53Zone": "example.com", "route53Name": "shop.example.com"}
    assert read(**chosen).domain == Route53(zone="example.com", name="shop.example.com")
    assert read(emulator="http://127.0.0.1:5000", **chosen).domain is None


def test_the_most_is_never_less_than_the_least() -> None:
    assert read(serversLeast="6").servers_most == 6
    with pytest.raises(Fault, match="choose 3-20"):
        read(serversLeast="3", serversMost="2")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("zones", "1", "2-4"),
        ("nat", "none", "instance or gateway or gateways"),
        ("serverSize", "micro", "an instance type"),
        ("serverImage", "/aws/service/ami", "an ami-..."),
        ("serversLeast", "0", "1-20"),
        ("rdsVersion", "mysql8", "a version of MySQL"),
        ("rdsClass", "t3.micro", "an instance class of RDS"),
        ("rdsStorage", "10", "20-6144"),
        ("rdsBackupDays", "36", "1-35"),
        ("rdsMultiAz", "yes", "true or false"),
        ("firewallRate", "99", "100-2000000"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    with pytest.raises(Fault) as refusal:
        read(**{key: value})
    message = str(refusal.value)
    assert message.startswith(f"bookstore:{key} is {value}; choose ")
    assert allowed in message
    assert f"pulumi config set bookstore:{key} " in message


def test_half_of_a_name_is_refused() -> None:
    with pytest.raises(Fault, match="bookstore:route53Zone is set and bookstore:route53Name is not"):
        read(route53Zone="example.com")
