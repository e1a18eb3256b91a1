"""What anybody who runs the image relies on, read from its Dockerfile; `make image-test` sees it run."""

import json
import re

from tests.image.dockerfile import BOOKSTORE, instructions, stages

TEXT = (BOOKSTORE / "Dockerfile").read_text()
ALL = instructions(TEXT)
FINAL = stages(ALL)[-1]
START = (BOOKSTORE / "migrate-and-serve.sh").read_text()


def only(name: str) -> str:
    (found,) = [rest for instruction, rest in FINAL if instruction == name]
    return found


def test_the_base_is_stated_once_with_a_version() -> None:
    assert ALL[0] == ("ARG", "BASE=python:3.13-slim-bookworm")
    assert {rest.split()[0] for name, rest in ALL if name == "FROM"} == {"${BASE}"}


def test_it_runs_as_a_numeric_user_who_is_not_root() -> None:
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", only("USER"))
    after = [name for name, _ in FINAL[[name for name, _ in FINAL].index("USER") :]]
    assert not {"RUN", "COPY", "ADD"} & set(after)


def test_what_it_starts_needs_no_shell_and_hands_over_to_gunicorn() -> None:
    assert json.loads(only("CMD")) == ["migrate-and-serve"]
    commands = START.replace("\\\n", " ").strip().splitlines()
    assert commands[-1].startswith("exec gunicorn ")
    graceful = re.search(r"--graceful-timeout (\d+)", START)
    assert graceful
    assert int(graceful.group(1)) < 10
    assert "set -eu" in START
    assert START.index("db upgrade") < START.index("exec gunicorn")


def test_its_health_is_asked_without_tools_it_lacks() -> None:
    command = json.loads(only("HEALTHCHECK").partition("CMD")[2])
    assert command[0] == "python3"
    assert "/healthz" in command[-1]


def test_everything_written_has_a_place_outside_the_image() -> None:
    environment = only("ENV")
    volume = only("VOLUME")
    assert f"DATABASE_FILE={volume}/" in environment
    assert f"COVERS_DIR={volume}/" in environment
    assert "TMPDIR=/dev/shm" in environment
    assert "--worker-tmp-dir /dev/shm" in START


def test_only_pinned_wheels_are_installed_and_no_installer_is_left() -> None:
    runs = " ".join(rest for name, rest in ALL if name == "RUN")
    assert "--require-hashes" in runs
    assert "--only-binary :all:" in runs
    assert "pip uninstall --yes" in " ".join(rest for name, rest in FINAL if name == "RUN")
    assert "apt-get" not in runs


def test_any_builder_can_build_it() -> None:
    assert "# syntax=" not in TEXT
    assert not re.search(r"<<|--mount|--link|--chmod|--parents|--security|--network", TEXT)


def test_it_says_what_it_is() -> None:
    labels = " ".join(rest for name, rest in FINAL if name == "LABEL")
    for label in ("title", "description", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in labels


def test_neither_secrets_nor_a_shop_s_data_get_into_the_image() -> None:
    ignored = (BOOKSTORE / ".dockerignore").read_text().splitlines()
    assert {"secrets/", "instance/", "**/__pycache__/"} <= set(ignored)
