"""The stage `dev` as a graph of resources, without an engine."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_mocks

from infra.apps.bookstore.demo_accounts import ROLES
from infra.config import Dev
from infra.stages import dev
from tests.infra.mocks import Recorder

SETTINGS = Dev(
    host="127.0.0.1", port=8081, workers=3, data_directory=Path("/srv/books"), order_timeout_minutes=20
)
MADE: dict[str, dict[str, Any]] = {
    "data": {"ready": "/srv/books"},
    "session": {"value": "the session key"},
    "session-key": {"fingerprint": "of the key"},
    "shop": {"generation": "first"},
    "web": {"url": "http://127.0.0.1:8081"},
    **{role: {"value": f"the {role}'s password"} for role in ROLES},
}


async def deploy(recorder: Recorder) -> dict[str, Any]:
    """Deploy the stage; give its outputs by name, and the names of those that are secret under `secrets`."""
    outputs = dev.deploy(SETTINGS)
    known = {field.name: getattr(outputs, field.name) for field in fields(outputs)}
    values = {name: await output.future() for name, output in known.items()}
    return values | {"secrets": {name for name, output in known.items() if await output.is_secret()}}


@pytest.fixture
def recorder() -> Recorder:
    """An engine's stand-in that starts with each test anew."""
    recorder = Recorder(MADE)
    set_mocks(recorder, project="bookstore", stack="dev", preview=False)
    return recorder


def run(recorder: Recorder) -> dict[str, Any]:
    """Deploy on the stand-in and wait for the outputs."""
    outputs: dict[str, Any] = {}

    async def program() -> None:
        outputs.update(await deploy(recorder))

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return outputs


def test_the_outputs_are_what_a_person_needs_and_passwords_are_secret(recorder: Recorder) -> None:
    outputs = run(recorder)
    assert outputs["url"] == "http://127.0.0.1:8081"
    assert outputs["data_directory"] == "/srv/books"
    assert outputs["logs"] == "/srv/books/logs/server.log"
    assert outputs["demo_accounts"]["seller"] == {
        "email": "seller@bookstore.example",
        "password": "the seller's password",
    }
    assert set(outputs["demo_accounts"]) == {"buyer", "seller", "administrator"}
    assert outputs["secrets"] == {"demo_accounts"}


def test_the_server_serves_the_settings(recorder: Recorder) -> None:
    run(recorder)
    web = recorder.inputs["web"]
    assert {key: web[key] for key in ("host", "port", "workers", "order_timeout", "directory")} == {
        "host": "127.0.0.1",
        "port": 8081,
        "workers": 3,
        "order_timeout": 20,
        "directory": "/srv/books",
    }


def test_the_server_reloads_for_new_code_a_new_key_and_a_migrated_database(recorder: Recorder) -> None:
    run(recorder)
    web = recorder.inputs["web"]
    assert len(web["source"]) == 64
    assert (web["session_key"], web["database"]) == ("of the key", "first")


def test_an_error_stops_what_depends_on_it_and_reaches_the_user(recorder: Recorder) -> None:
    recorder.made["data"] = {"error": "The data directory is not usable; choose another"}
    with pytest.raises(pulumi.RunError, match="not usable; choose another"):
        run(recorder)
    assert not recorder.inputs.keys() & {"session-key", "shop", "web"}
