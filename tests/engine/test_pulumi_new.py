"""What `pulumi new` makes from a clone of this repository: a project in which `make up` works."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import PROJECT, free_port, get
from tools.engine import Engine

# A clone has none of these: they are made by make, by the tests, or by whoever works on the files.
NOT_CLONED = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".cache",
    ".data",
    ".pulumi-state",
    ".*_cache",
    ".hypothesis",
    "build",
    "__pycache__",
    "*.egg-info",
)
ENGINE_SETTINGS = ("PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_HOME", "PULUMI_STACK")


class NewProject:
    """A directory to run `pulumi new` and make in, as a user whose home is empty."""

    def __init__(self, root: Path, template: Path, engine: Engine) -> None:
        self.root = root / "my project"
        self.root.mkdir(parents=True)
        self.template = template
        self.port = free_port()
        self._engine = engine
        base = {name: value for name, value in os.environ.items() if name not in ENGINE_SETTINGS}
        for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STACK", "PORT", "CONFIG", "EMULATOR"):
            base.pop(name, None)
        self.environment = engine.environment(base) | {
            "PULUMI_HOME": str(root / "home"),
            "PYTHONPATH": str(self.root),
        }

    def new(self, *arguments: str) -> None:
        """Make the project from the template, then give it the packages of this environment."""
        self.run(str(self._engine.executable), "new", str(self.template), "--yes", *arguments)
        (self.root / ".venv").symlink_to(sys.prefix)

    def make(self, target: str, *variables: str, fails: bool = False) -> str:
        """Run a target of the project's Makefile, without its installation of packages."""
        deploy = "DEPLOY=.venv/bin/python -m tools.deploy"
        return self.run(
            "make", "--old-file=env", target, deploy, f"PORT={self.port}", *variables, fails=fails
        )

    def run(self, *command: str, fails: bool = False) -> str:
        """Run a command, which has to succeed or, with `fails`, to fail; return what it printed."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    def rename(self, name: str) -> None:
        """Change the project's name in Pulumi.yaml."""
        file = self.root / "Pulumi.yaml"
        file.write_text(re.sub(r"^name: .*$", f"name: {name}", file.read_text(), flags=re.MULTILINE))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a clone has it."""
    path = tmp_path_factory.mktemp("template") / "bookstore-on-pulumi"
    shutil.copytree(PROJECT, path, ignore=NOT_CLONED, symlinks=True)
    return path


@pytest.fixture
def project(tmp_path: Path, template: Path, engine: Engine) -> Iterator[NewProject]:
    project = NewProject(tmp_path, template, engine)
    yield project
    project.make("down", "PURGE=1")


def test_make_up_deploys_in_a_new_project(project: NewProject) -> None:
    project.new("--generate-only")
    said = project.make("up")
    assert f"http://127.0.0.1:{project.port}" in said
    assert get(project.port, "/readyz")[0] == 200
    assert (project.root / ".data" / "dev" / "bookstore.sqlite3").exists()
    project.make("down", "PURGE=1")
    assert get(project.port, "/readyz")[0] == 0
    assert not (project.root / ".data" / "dev").exists()


def test_make_up_goes_on_with_the_stack_that_pulumi_new_made(project: NewProject, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    project.environment |= {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the tests",
    }
    project.new("--stack", "dev")
    assert (state / ".pulumi" / "stacks" / "bookstore" / "dev.json").exists()
    project.make("up")
    assert get(project.port, "/readyz")[0] == 200


def test_another_name_is_refused_with_its_remedy(project: NewProject) -> None:
    project.new("--generate-only", "--name", "my-books")
    for _ in range(2):
        said = project.make("up", fails=True)
        assert "the project is named my-books" in said
        assert "name: bookstore" in said
        assert "Traceback" not in said
    assert get(project.port, "/readyz")[0] == 0
    project.rename("bookstore")
    project.make("up")
    assert get(project.port, "/readyz")[0] == 200
