"""User data: strict about settings, the same on every computer, complete."""

import base64
import bz2
import io
import re
import subprocess
import tarfile
from pathlib import Path

import pulumi
import pytest

from infra.components.aws.compute.user_data import BOOT, LIMIT, UserDataError, required_settings, user_data

ROLES = ("app", "database", "nat", "shop")
AWKWARD = 'it\'s "quoted" $HOME `id` \\ and\nin two lines'


def render(role: str, settings: dict[str, str]) -> str:
    """Return the user data as text."""
    rendered: list[str] = []

    async def run() -> None:
        text = await user_data(role, settings).future()
        assert text is not None
        rendered.append(text)

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
    return rendered[0]


def settings(role: str) -> dict[str, str]:
    """Return all that a role's scripts require."""
    return {name: f"the {name}" for name in required_settings(role)}


def archive(text: str) -> bytes:
    """Return the packed scripts of a user data."""
    found = re.search(r"<<'END_OF_ARCHIVE'\n(.*)\nEND_OF_ARCHIVE\n", text, re.DOTALL)
    assert found is not None
    return bz2.decompress(base64.b64decode(found[1]))


@pytest.mark.parametrize("role", ROLES)
def test_a_machine_gets_its_scripts_as_they_are(role: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(render(role, settings(role))))) as packed:
        unpacked = {}
        for member in packed.getmembers():
            file = packed.extractfile(member)
            assert file is not None
            unpacked[member.name] = (file.read(), bool(member.mode & 0o100))
    expected = {
        path.relative_to(BOOT).as_posix(): (path.read_bytes(), path.suffix == ".sh")
        for part in ("machine", role)
        for path in (BOOT / part).rglob("*")
        if path.is_file()
    }
    assert unpacked == expected


def test_the_same_files_give_the_same_bytes() -> None:
    assert render("app", settings("app")) == render("app", settings("app"))


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_setting_is_refused(role: str) -> None:
    given = settings(role)
    del given["LOG_GROUP"]
    with pytest.raises(UserDataError, match=f"{role} needs the settings LOG_GROUP"):
        render(role, given)


@pytest.mark.parametrize("role", ROLES)
def test_an_unknown_setting_is_refused(role: str) -> None:
    with pytest.raises(UserDataError, match=f"{role} knows no settings DATABASE_PASS"):
        render(role, settings(role) | {"DATABASE_PASS": "x"})


def test_what_ec2_would_refuse_is_refused_here() -> None:
    with pytest.raises(UserDataError, match=f"EC2 takes {LIMIT}"):
        render("nat", settings("nat") | {"REGION": "x" * LIMIT})


def test_the_shell_reads_the_settings_as_they_were_given(tmp_path: Path) -> None:
    text = render("nat", {"REGION": AWKWARD, "LOG_GROUP": "a group"})
    file = tmp_path / "settings"
    file.write_text(text.split("END_OF_SETTINGS'\n")[1].split("\nEND_OF_SETTINGS\n")[0])
    read = subprocess.run(
        ["bash", "-c", f'source "{file}"; printf "%s|%s" "$REGION" "$LOG_GROUP"'],
        check=True,
        capture_output=True,
        text=True,
    )
    assert read.stdout == f"{AWKWARD}|a group"
