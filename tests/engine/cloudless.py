"""A stage for AWS, deployed by the real engine on provider doubles in a directory of its own."""

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import yaml

from tests.engine.doubles.cloud import Call, Cloud
from tools.engine import Engine

PROJECT = Path(__file__).resolve().parents[2]
DOUBLES = Path(__file__).parent / "doubles"
PROVIDERS = ("aws", "docker", "eks", "kubernetes", "random", "tls")


class Cloudless:
    """A copy of the project with its own state, and a cloud that is a directory.

    Args:
        root: an empty directory.
        stage: the stack and its stage.

    `environment` is the engine's environment.
    """

    def __init__(self, root: Path, engine: Engine, stage: str) -> None:
        self.project = root / "project"
        self.cloud = Cloud(root / "cloud")
        self._engine = engine
        shutil.copytree(
            PROJECT / "infra", self.project / "infra", ignore=shutil.ignore_patterns("__pycache__")
        )
        (self.project / "bookstore").mkdir()
        (self.project / ".venv").symlink_to(sys.prefix)  # PulumiPolicy.yaml names it
        shutil.copy(PROJECT / "Pulumi.yaml", self.project)
        for directory in ("state", "plugins"):
            (root / directory).mkdir()
        for provider in PROVIDERS:
            (root / "plugins" / f"pulumi-resource-{provider}").symlink_to(DOUBLES / "launch.sh")
        self.environment = engine.environment() | {
            "DOUBLES": str(self.cloud.log.parent),
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the tests",
            "PULUMI_HOME": str(root / "home"),
            "PYTHONPATH": f"{self.project}:{PROJECT}",
        }
        self.environment["PATH"] = f"{root / 'plugins'}:{self.environment['PATH']}"
        self._begin(stage)

    def beside(self, stage: str) -> Self:
        """Return another stack of the same project, in the same backend and the same cloud."""
        other = copy.copy(self)
        other._begin(stage)
        return other

    def _begin(self, stage: str) -> None:
        self.stage = stage
        self.environment = {**self.environment, "PULUMI_STACK": stage}
        shutil.copy(PROJECT / f"Pulumi.{stage}.yaml", self.project)
        self.pulumi("stack", "init", stage)

    def pulumi(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Run the engine, which must succeed or, with `fails`, fail; return what it printed."""
        done = subprocess.run(
            [self._engine.executable, *arguments, "--non-interactive", "--color=never"],
            cwd=self.project,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    def set(self, **settings: object) -> None:
        """Change settings of the stack."""
        for key, value in settings.items():
            self.pulumi("config", "set", f"bookstore:{key}", str(value))

    def reset(self) -> bool:
        """Give the stack the settings of the checkout again; return whether it had others."""
        written = self.project / f"Pulumi.{self.stage}.yaml"
        before = written.read_text()
        salt = [line for line in before.splitlines() if line.startswith("encryptionsalt:")]
        tracked = (PROJECT / written.name).read_text().rstrip()
        written.write_text("\n".join([tracked, *salt, ""]))
        return bool(yaml.safe_load(before)["config"] != yaml.safe_load(tracked)["config"])

    def up(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Deploy."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, fails=fails, **environment)

    def destroy(self) -> str:
        """Destroy what was deployed."""
        return self.pulumi("destroy", "--yes", "--skip-preview")

    def state(self, *arguments: str) -> dict[str, Any]:
        """Return the stack's exported state; with --show-secrets in plain text."""
        exported: dict[str, Any] = json.loads(self.pulumi("stack", "export", *arguments))
        return exported

    def resources(self, kind: str) -> list[dict[str, Any]]:
        """Return the resources of a type in the state."""
        found = self.state()["deployment"]["resources"]
        return [resource for resource in found if resource["type"] == kind]

    def changes_since(self, calls: int) -> list[Call]:
        """Return what was created, changed or deleted after so many calls."""
        changes = ("create", "update", "delete", "fail")
        return [call for call in self.cloud.calls()[calls:] if call.operation in changes]
