"""The settings of `monolith`: what a stack without any gets, and what is refused."""

import pulumi
import pytest
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

from infra import config
from infra.components.aws.endpoint.domain import DuckDns, Route53, Sslip
from infra.config import Monolith
from infra.config.shared import UBUNTU
from infra.errors import DeploymentError
from tests.infra.mocks import Recorder
from tests.infra.refusal import assert_refused


def read(**written: str) -> Monolith:
    """Read the settings of a stack `monolith` in which these keys are set."""
    set_mocks(Recorder(), project="bookstore", stack="monolith")
    set_all_config({f"bookstore:{key}": value for key, value in written.items()})
    chosen = config.read()
    assert isinstance(chosen, Monolith)
    return chosen


def test_a_stack_without_settings_has_the_defaults() -> None:
    assert read() == Monolith(
        region="us-east-1",
        emulator=None,
        ami=UBUNTU,
        nat="instance",
        app_instance_type="t2.small",
        app_volume_size=5,
        database_instance_type="t2.micro",
        database_volume_size=10,
        backup_retention_days=14,
        retain_data=True,
        build_image=True,
        duckdns_domain=None,
        duckdns_token=None,
        hosted_zone=None,
        domain_name=None,
        acme_email="",
        alarm_email=None,
        ssh_cidr=None,
        ssh_public_key=None,
        order_timeout_minutes=15,
    )
    assert read().domain == Sslip()


def test_an_emulated_aws_gets_no_image_unless_it_is_wanted() -> None:
    assert not read(emulator="http://127.0.0.1:5000").build_image
    assert read(emulator="http://127.0.0.1:5000", buildImage="true").build_image


def test_a_zone_gives_the_name() -> None:
    chosen = read(hostedZone="example.com", domainName="shop.example.com")
    assert chosen.domain == Route53(zone="example.com", name="shop.example.com")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("region", "Frankfurt", "an AWS region"),
        ("emulator", "localhost:5000", "the URL of an emulated AWS"),
        ("ami", "ubuntu", "an ami-... or an SSM parameter"),
        ("nat", "none", "instance or gateway"),
        ("appInstanceType", "small", "an instance type"),
        ("databaseVolumeSize", "4", "5-1024"),
        ("backupRetentionDays", "0", "1-35"),
        ("retainData", "yes", "true or false"),
        ("alarmEmail", "me", "an e-mail address"),
        ("acmeEmail", "me@", "an e-mail address"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    assert_refused(read, key, value, allowed)


def test_a_key_that_ec2_refuses_is_refused() -> None:
    with pytest.raises(DeploymentError, match="choose an OpenSSH public key, RSA or ED25519"):
        read(sshCidr="203.0.113.7/32", sshPublicKey="ecdsa-sha2-nistp256 AAAA ana")


@pytest.mark.parametrize("written", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "203.0.113.7/24", "my house"])
def test_ssh_from_everywhere_or_nowhere_is_refused(written: str) -> None:
    with pytest.raises(DeploymentError, match="a range of IPv4 addresses"):
        read(sshCidr=written, sshPublicKey="ssh-ed25519 AAAA somebody")


@pytest.mark.parametrize(
    ("one", "value", "other"),
    [
        ("sshCidr", "203.0.113.7/32", "sshPublicKey"),
        ("sshPublicKey", "ssh-ed25519 AAAA", "sshCidr"),
        ("duckdnsDomain", "books", "duckdnsToken"),
        ("duckdnsToken", "token", "duckdnsDomain"),
        ("hostedZone", "example.com", "domainName"),
    ],
)
def test_half_of_two_settings_is_refused(one: str, value: str, other: str) -> None:
    with pytest.raises(DeploymentError, match=f"bookstore:{one} is set and bookstore:{other} is not"):
        read(**{one: value})


def test_two_names_are_refused() -> None:
    with pytest.raises(
        DeploymentError, match="bookstore:duckdnsDomain and bookstore:hostedZone are both set"
    ):
        read(duckdnsDomain="b", duckdnsToken="t", hostedZone="example.com", domainName="b.example.com")


def test_the_token_is_a_secret() -> None:
    async def run() -> None:
        chosen = read(duckdnsDomain="books", duckdnsToken="token")
        assert "token" not in repr(chosen.duckdns_token)
        assert isinstance(chosen.domain, DuckDns)
        assert await chosen.domain.token.is_secret()
        assert await chosen.domain.token.future() == "token"

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
