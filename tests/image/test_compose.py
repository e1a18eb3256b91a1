"""What the shop in compose.yaml gives away and what it keeps."""

from typing import Any

import pytest
import yaml

from bookstore.config import Settings
from tests.image.dockerfile import BOOKSTORE

COMPOSE: dict[str, Any] = yaml.safe_load((BOOKSTORE / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_only_the_way_in_can_be_reached() -> None:
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"nginx"}
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert SERVICES["mysql"]["networks"] == ["back"]
    assert "back" not in SERVICES["nginx"]["networks"]


def test_secrets_are_files_that_git_does_not_keep() -> None:
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    assert "/secrets/" in (BOOKSTORE / ".gitignore").read_text().splitlines()
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if any(word in name for word in ("SECRET", "PASS")):
                assert name.endswith("_FILE") or name == "MYSQL_RANDOM_ROOT_PASSWORD"
                assert value == "yes" or value.startswith("/run/secrets/")


@pytest.mark.parametrize("service", ["shop", "books", "nginx"])
def test_what_faces_people_can_change_nothing(service: str) -> None:
    settings = SERVICES[service]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in settings["security_opt"]


def test_the_shop_understands_its_settings(tmp_path: Any) -> None:
    environment = dict(SERVICES["shop"]["environment"])
    for name in ("SECRET_KEY_FILE", "DB_PASS_FILE"):
        file = tmp_path / name
        file.write_text("something long and random\n")
        environment[name] = str(file)
    settings = Settings.from_environment(environment)
    assert settings.server is not None
    assert (settings.server.host, settings.server.password) == ("mysql", "something long and random")
    assert settings.proxies == 1


def test_everything_waits_for_what_it_needs() -> None:
    for name, needed in (("nginx", "shop"), ("shop", "mysql"), ("books", "shop")):
        assert SERVICES[name]["depends_on"][needed] == {"condition": "service_healthy"}
    assert SERVICES["mysql"]["image"] == "mysql:8.4"
