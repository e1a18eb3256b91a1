"""The settings of a stack: what is allowed, and what the user reads when it is not."""

from pathlib import Path

import pytest
from pulumi.runtime import set_mocks
from pulumi.runtime.config import set_all_config

from infra import config
from infra.config import CHECKOUT, Dev
from infra.errors import DeploymentError
from tests.infra.mocks import Recorder


def read(**written: str) -> Dev:
    """Read the settings of a stack called `dev` in which these keys are set."""
    set_mocks(Recorder(), project="bookstore", stack="dev")
    set_all_config(
        {f"bookstore:{key}": value for key, value in written.items()} | {"aws:region": "us-east-1"}
    )
    chosen = config.read()
    assert isinstance(chosen, Dev)
    return chosen


def test_a_stack_without_settings_has_the_defaults() -> None:
    assert read() == Dev(
        host="127.0.0.1",
        port=8080,
        workers=2,
        data_directory=CHECKOUT / ".data" / "dev",
        order_timeout_minutes=15,
    )


def test_every_setting_is_taken() -> None:
    chosen = read(
        stage="dev",
        host="::1",
        port="8081",
        workers="3",
        dataDirectory="/srv/books",
        orderTimeoutMinutes="30",
    )
    assert chosen == Dev(
        host="::1", port=8081, workers=3, data_directory=Path("/srv/books"), order_timeout_minutes=30
    )


def test_a_data_directory_may_start_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    assert read(dataDirectory="~/books").data_directory == Path("/home/reader/books")


@pytest.mark.parametrize("port", ["1024", "65535"])
def test_the_limits_of_a_port_are_allowed(port: str) -> None:
    assert read(port=port).port == int(port)


@pytest.mark.parametrize(
    "port", ["1023", "65536", "-8080", "8080.5", "http", "8080 8081", "1" * 5000, "８０８０"]
)
def test_any_other_port_is_refused_with_its_remedy(port: str) -> None:
    with pytest.raises(DeploymentError) as refusal:
        read(port=port)
    assert str(refusal.value) == (
        f"bookstore:port is {port}; choose 1024-65535: pulumi config set bookstore:port 8080"
    )


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("workers", "0", "1-16"),
        ("orderTimeoutMinutes", "1441", "1-1440"),
        ("host", "0.0.0.0", "a loopback address"),
        ("host", "localhost", "a loopback address"),
        ("dataDirectory", "/srv/books ; rm", "a path without"),
        ("dataDirectory", "~nobody-of-this-name/books", "a path whose ~user exists"),
    ],
)
def test_a_wrong_value_is_refused_with_its_remedy(key: str, value: str, allowed: str) -> None:
    with pytest.raises(DeploymentError) as refusal:
        read(**{key: value})
    message = str(refusal.value)
    assert message.startswith(f"bookstore:{key} is ")
    assert f"choose {allowed}" in message
    assert f"pulumi config set bookstore:{key} " in message


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(
        DeploymentError,
        match=r"bookstore:stage is devel; choose dev, .*: pulumi config set bookstore:stage dev",
    ):
        read(stage="devel")


@pytest.mark.parametrize(
    ("key", "meant"), [("prot", "port"), ("data_directory", "dataDirectory"), ("Port", "port")]
)
def test_an_unknown_key_is_refused_with_the_nearest_one(key: str, meant: str) -> None:
    with pytest.raises(DeploymentError) as refusal:
        read(**{key: "8081"})
    assert f"did you mean bookstore:{meant}?" in str(refusal.value)
    assert f"pulumi config rm bookstore:{key}" in str(refusal.value)


def test_a_key_like_no_other_is_refused_with_all_that_the_stage_has() -> None:
    with pytest.raises(DeploymentError, match=r"one of dataDirectory, host, order.*, port, workers"):
        read(zzz="1")
