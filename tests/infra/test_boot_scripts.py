"""The scripts that machines run at boot: clean, and each part of what they share does what it says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.components.aws.compute.user_data import BOOT

SCRIPTS = sorted(BOOT.rglob("*.sh"))
OWNER = f"{os.getuid()}:{os.getgid()}"


def shell(script: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of shell that have the machine's library at hand."""
    return subprocess.run(
        ["bash", "-c", f'source "{BOOT}/machine/machine.sh"\n{script}'],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_shellcheck_finds_nothing() -> None:
    subprocess.run(["shellcheck", "--external-sources", *map(str, SCRIPTS)], check=True)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_the_first_failure(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("#!/bin/bash\n") is os.access(script, os.X_OK)
    assert "set -euo pipefail" in text or re.search(r'^source ".*machine\.sh"$', text, re.MULTILINE)


def test_render_replaces_what_is_set(tmp_path: Path) -> None:
    (tmp_path / "template").write_text("listen @NAME@;\nreturn 308 https://@NAME@$request_uri @ALSO@;\n")
    done = shell("NAME='a/b&c' ALSO=yes\nrender template", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "listen a/b&c;\nreturn 308 https://a/b&c$request_uri yes;\n")


def test_render_stops_at_what_is_not_set(tmp_path: Path) -> None:
    (tmp_path / "template").write_text("@NAME@ @MISSING@\n")
    done = shell("NAME=x\ntext=$(render template)\necho went on", cwd=tmp_path)
    assert done.returncode != 0
    assert "went on" not in done.stdout


def test_place_tells_a_change_from_none(tmp_path: Path) -> None:
    place = f'changed=\nplace sub/file 640 {OWNER} <<<text\necho "changed: $changed"\n'
    first, second = shell(place, cwd=tmp_path), shell(place, cwd=tmp_path)
    assert first.stdout.splitlines()[-1] == "changed: yes"
    assert second.stdout == "changed: \n"
    assert (tmp_path / "sub/file").read_text() == "text\n"
    assert (tmp_path / "sub/file").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["file"]


def test_retry_goes_on_until_it_works(tmp_path: Path) -> None:
    done = shell(
        "try() { [[ -e done ]] || { touch done; return 1; }; }\nretry 60 try\necho worked", cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, "worked\n")


def test_retry_gives_up_with_a_failure(tmp_path: Path) -> None:
    done = shell("retry 0 false\necho went on", cwd=tmp_path)
    assert done.returncode != 0
    assert "gave up: false" in done.stdout
    assert "went on" not in done.stdout


def test_a_machine_that_is_not_told_where_it_is_stops(tmp_path: Path) -> None:
    done = shell('unset REGION\nsource "$BOOT/machine/machine.sh"\necho went on', cwd=tmp_path)
    assert done.returncode != 0
    assert "REGION" in done.stderr
