"""The real engine runs programs in Python: their outputs, their faults, their resources, their policies."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tools.conftest import PATIENCE
from tools.engine import Engine

PROGRAM = """
import sys
import pulumi
from beside import answer
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Refused(Exception):
    remedy = "choose another port"


class Echo(ResourceProvider):
    def create(self, props):
        return CreateResult("echo", {"said": props["said"] * 2})


class Said(Resource):
    said: pulumi.Output[str]

    def __init__(self, name, said):
        super().__init__(Echo(), name, {"said": said})


way = pulumi.Config().get("way")
if way == "refuse":
    raise Refused("port 80 is not yours")
if way == "exit":
    sys.exit("no such stage")
if way == "break":
    {}["missing"]
pulumi.export("answer", answer)
pulumi.export("said", Said("twice", "ha").said)
print("a line of the program's own")
"""

POLICIES = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def refuse(args, report):
    if args.resource_type.startswith("pulumi-python:dynamic"):
        report("no echoes here")


PolicyPack("quiet", [ResourceValidationPolicy(
    name="no-echo", description="Echoes are not welcome.", validate=refuse,
    enforcement_level=EnforcementLevel.MANDATORY)])
"""


class Project:
    """A project of one program, with everything that Pulumi keeps in a directory of its own."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self.engine = engine
        program = root / "program"
        program.mkdir()
        (root / "Pulumi.yaml").write_text("name: trial\nruntime: python\nmain: program/\n")
        (program / "__main__.py").write_text(PROGRAM)
        (program / "beside.py").write_text("answer = 42\n")
        (root / "state").mkdir()
        self.environment = engine.environment(
            {
                "PATH": os.environ["PATH"],
                "HOME": str(root),
                "PULUMI_HOME": str(root / "home"),
                "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": "trial",
            }
        )
        assert self.call("stack", "init", "trial").returncode == 0

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.engine.executable, *arguments, "--non-interactive", "--color", "never"],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def up(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.call("up", "--yes", "--skip-preview", "--stack", "trial", *arguments)


@pytest.fixture
def project(tmp_path: Path, engine: Engine) -> Project:
    return Project(tmp_path, engine)


def test_a_program_runs_with_its_modules_and_dynamic_resources(project: Project) -> None:
    up = project.up()
    assert up.returncode == 0, up.stdout
    assert "a line of the program's own" in up.stdout
    assert project.call("stack", "output", "answer").stdout.strip() == "42"
    assert project.call("stack", "output", "said").stdout.strip() == "haha"
    assert "warning" not in up.stdout


@pytest.mark.parametrize(
    ("way", "message"), [("refuse", "port 80 is not yours\n"), ("exit", "no such stage\n")]
)
def test_what_the_program_refuses_is_shown_as_its_message_only(
    project: Project, way: str, message: str
) -> None:
    up = project.up("--config", f"way={way}")
    assert up.returncode != 0
    assert message in up.stdout
    assert "Traceback" not in up.stdout
    assert "unhandled" not in up.stdout
    assert ("choose another port" in up.stdout) == (way == "refuse")


def test_a_broken_program_is_shown_with_the_traceback_of_its_own_lines(project: Project) -> None:
    up = project.up("--config", "way=break")
    assert up.returncode != 0
    assert "KeyError: 'missing'" in up.stdout
    assert "__main__.py" in up.stdout
    assert "language_host.py" not in up.stdout
    assert "runpy" not in up.stdout


def test_a_policy_pack_in_python_is_run_and_obeyed(project: Project, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("description: Quiet.\nruntime: python\n")
    (pack / "__main__.py").write_text(POLICIES)
    up = project.up("--policy-pack", str(pack))
    assert up.returncode != 0
    assert "no echoes here" in up.stdout
