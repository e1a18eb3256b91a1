"""What is refused before an engine is asked, and the remedy in the words of make and of Pulumi."""

import subprocess
import sys

import pytest

from infra import config
from infra.config import ENCRYPTED, Monolith, Scaled
from infra.config.parser import STAGES, keys
from tools.errors import UserError


def refusal(stack: str, **values: str) -> UserError:
    """Return why settings, with keys of this project, are refused."""
    with pytest.raises(UserError) as refused:
        config.parse(stack, {f"bookstore:{key}": value for key, value in values.items()})
    return refused.value


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Have make start the engine."""
    monkeypatch.setenv("BOOKSTORE_COMMAND", "make")
    for name in ("CONFIG", "PORT", "STACK"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_parsing_needs_no_pulumi() -> None:
    program = (
        "import sys; from infra import config; [config.parse(stage, {}) for stage in config.STAGES]; "
        "sys.exit(any(name.split('.')[0].startswith('pulumi') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_stage_is_that_of_the_stacks_name_unless_another_is_set() -> None:
    for stage, model in STAGES.items():
        assert type(config.parse(stage, {})) is model
    assert isinstance(config.parse("scaled-prod", {"bookstore:stage": "scaled"}), Scaled)


def test_a_stack_of_no_stages_name_has_to_say_its_stage(make: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="The stack scaled-prod has the name of no stage") as refused:
        config.parse("scaled-prod", {})
    assert "`bookstore:stage: scaled` in Pulumi.scaled-prod.yaml" in refused.value.remedy
    make.delenv("BOOKSTORE_COMMAND")
    assert refusal("mine").remedy.endswith("pulumi config set bookstore:stage dev")


@pytest.mark.parametrize(
    ("stack", "key", "stages"),
    [
        ("dev", "nodeCount", "cluster and sockshop"),
        ("dev", "region", "monolith, scaled, cluster and sockshop"),
        ("sockshop", "orderTimeoutMinutes", "dev, monolith, scaled and cluster"),
        ("scaled", "sshCidr", "monolith"),
    ],
)
def test_a_key_of_another_stage_is_refused_with_the_stages_that_have_it(
    stack: str, key: str, stages: str
) -> None:
    refused = refusal(stack, **{key: "1"})
    assert refused.cause == f"bookstore:{key} is a setting of {stages}, and this stack's stage is {stack}"
    assert refused.remedy == f"take it out: pulumi config rm bookstore:{key}"


def test_an_empty_value_is_not_set_whatever_its_key() -> None:
    assert config.parse("dev", {"bookstore:nodeCount": "", "bookstore:port": ""}) == config.parse("dev", {})


@pytest.mark.parametrize("key", ["bookstroe:port", "books:port", "booksstore:prot"])
def test_a_wrong_namespace_is_refused(key: str) -> None:
    with pytest.raises(UserError, match=rf"{key} is in no namespace of this project(.|\n)*config rm {key}$"):
        config.parse("dev", {key: "8081"})


def test_a_key_without_a_namespace_is_refused() -> None:
    with pytest.raises(UserError, match=r"port has no namespace(.|\n)*write bookstore:port"):
        config.parse("dev", {"port": "8081"})


def test_settings_of_pulumi_and_its_providers_are_theirs() -> None:
    theirs = {"aws:region": "eu-west-1", "pulumi:tags": "{}", "somebody:else": "1"}
    assert config.parse("dev", theirs) == config.parse("dev", {})


@pytest.mark.parametrize("stack", ["monolith", "scaled", "cluster", "sockshop"])
def test_backups_are_kept_for_the_same_days_everywhere(stack: str) -> None:
    for days in ("1", "35"):
        chosen = config.parse(stack, {"bookstore:backupRetentionDays": days})
        assert not isinstance(chosen, config.Dev)
        assert chosen.backup_retention_days == int(days)
    for days in ("0", "36", "60"):
        assert "choose 1-35: " in refusal(stack, backupRetentionDays=days).remedy


def test_an_encrypted_value_is_taken_unseen() -> None:
    chosen = config.parse(
        "monolith",
        {
            "bookstore:duckdnsDomain": "books",
            "bookstore:duckdnsToken": ENCRYPTED,
            "bookstore:alarmEmail": ENCRYPTED,
            "bookstore:appVolumeSize": ENCRYPTED,
        },
    )
    assert isinstance(chosen, Monolith)
    assert chosen.duckdns_token is not None
    assert chosen.alarm_email == ENCRYPTED
    assert chosen.app_volume_size == 5
    assert chosen.domain


@pytest.mark.parametrize("stack", STAGES)
def test_every_setting_may_be_encrypted(stack: str) -> None:
    config.parse(
        stack,
        {
            f"bookstore:{key}": ENCRYPTED
            for key in keys(STAGES[stack])
            if key != "hostedZone" and key != "domainName"
        },
    )


def test_make_names_the_file_and_its_own_variables(make: pytest.MonkeyPatch) -> None:
    assert refusal("dev", port="80").remedy == (
        "choose 1024-65535: write `bookstore:port: 8080` in Pulumi.dev.yaml, or for one run CONFIG=port=8080"
    )
    assert refusal("dev", prot="8081").remedy == "take it out: edit Pulumi.dev.yaml"
    make.setenv("CONFIG", "port=80 bookstore:prot=8081")
    assert refusal("dev", port="80").remedy == "choose 1024-65535: CONFIG=port=8080"
    assert refusal("dev", prot="8081").remedy == "take it out: edit CONFIG"
    make.setenv("PORT", "80")
    assert refusal("dev", port="80").remedy == "choose 1024-65535: PORT=8080"


def test_a_missing_secret_is_asked_for_by_make_or_pulumi(make: pytest.MonkeyPatch) -> None:
    assert refusal("monolith", duckdnsDomain="books").remedy == (
        "set both or neither: make secret STACK=monolith KEY=duckdnsToken"
    )
    make.delenv("BOOKSTORE_COMMAND")
    assert refusal("monolith", duckdnsDomain="books").remedy == (
        "set both or neither: pulumi config set --secret bookstore:duckdnsToken"
    )


@pytest.mark.parametrize("written", ["a\nb", "a ; b", "~nobody-of-this-name/books"])
def test_a_directory_is_refused_on_one_line(written: str) -> None:
    refused = refusal("dev", dataDirectory=written)
    assert "\n" not in refused.cause
    assert refused.remedy.endswith("pulumi config set bookstore:dataDirectory PATH")
