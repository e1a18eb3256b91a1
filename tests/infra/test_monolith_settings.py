"""The settings of `monolith`: what a stack without any gets, and what is refused."""

import pulumi
import pytest
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

from infra import settings
from infra.aws.domain import Route53, Sslip
from infra.fault import Fault
from infra.settings import Monolith
from infra.settings.monolith import UBUNTU
from tests.infra.mocks import Recorder


def read(**written: str) -> Monolith:
    """Read the settings of a stack `monolith` in which these keys are set."""
    set_mocks(Recorder(), project="bookstore", stack="monolith")
    set_all_config({f"bookstore:{key}": value for key, value in (written | {"stage": "monolith"}).items()})
    chosen = settings.read()
    assert isinstance(chosen, Monolith)
    return chosen


def test_a_stack_without_settings_has_the_defaults() -> None:
    assert read() == Monolith(
        region="us-east-1",
        emulator=None,
        machine_image=UBUNTU,
        nat="instance",
        app_size="t2.small",
        app_storage=5,
        database_size="t2.micro",
        database_storage=10,
        backup_days=14,
        keep_data=True,
        build_image=True,
        duckdns_domain=None,
        duckdns_token=None,
        route53_zone=None,
        route53_name=None,
        acme_email="",
        alarm_email=None,
        ssh_from=None,
        ssh_key=None,
        order_timeout_minutes=15,
    )
    assert read().domain == Sslip()


def test_an_emulated_aws_gets_no_image_unless_it_is_wanted() -> None:
    assert not read(emulator="http://127.0.0.1:5000").build_image
    assert read(emulator="http://127.0.0.1:5000", buildImage="true").build_image


def test_a_zone_gives_the_name() -> None:
    chosen = read(route53Zone="example.com", route53Name="shop.example.com")
    assert chosen.domain == Route53(zone="example.com", name="shop.example.com")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("region", "Frankfurt", "an AWS region"),
        ("emulator", "localhost:5000", "the URL of an emulated AWS"),
        ("machineImage", "ubuntu", "an ami-... or an SSM parameter"),
        ("nat", "none", "instance or gateway"),
        ("appSize", "small", "an instance type"),
        ("databaseStorage", "4", "5-1024"),
        ("backupDays", "0", "1-365"),
        ("keepData", "yes", "true or false"),
        ("alarmEmail", "me", "an e-mail address"),
        ("acmeEmail", "me@", "an e-mail address"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    with pytest.raises(Fault) as refusal:
        read(**{key: value})
    message = str(refusal.value)
    assert message.startswith(f"bookstore:{key} is {value}; choose ")
    assert allowed in message
    assert f"pulumi config set bookstore:{key} " in message


@pytest.mark.parametrize("written", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "203.0.113.7/24", "my house"])
def test_ssh_from_everywhere_or_nowhere_is_refused(written: str) -> None:
    with pytest.raises(Fault, match="a range of IPv4 addresses"):
        read(sshFrom=written, sshKey="ssh-ed25519 AAAA somebody")


@pytest.mark.parametrize(
    ("one", "value", "other"),
    [
        ("sshFrom", "203.0.113.7/32", "sshKey"),
        ("sshKey", "ssh-ed25519 AAAA", "sshFrom"),
        ("duckdnsDomain", "books", "duckdnsToken"),
        ("duckdnsToken", "token", "duckdnsDomain"),
        ("route53Zone", "example.com", "route53Name"),
    ],
)
def test_half_of_two_settings_is_refused(one: str, value: str, other: str) -> None:
    with pytest.raises(Fault, match=f"bookstore:{one} is set and bookstore:{other} is not"):
        read(**{one: value})


def test_two_names_are_refused() -> None:
    with pytest.raises(Fault, match="bookstore:duckdnsDomain and bookstore:route53Zone are both set"):
        read(duckdnsDomain="b", duckdnsToken="t", route53Zone="example.com", route53Name="b.example.com")


def test_the_token_is_a_secret() -> None:
    async def run() -> None:
        token = read(duckdnsDomain="books", duckdnsToken="token").duckdns_token
        assert token is not None
        assert await token.is_secret()
        assert await token.future() == "token"

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
