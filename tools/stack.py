"""One stack of this project and where Pulumi keeps it: in the checkout, unless its user chose otherwise."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml

from tools import backend, emulator, stacks, terminal
from tools.engine import Engine
from tools.errors import UserError
from tools.settings import StackSettings

ROOT = Path(__file__).resolve().parent.parent
HIDDEN = "[secret]"  # what the engine shows in its place
# Advice that would delete the tracked file of settings.
STACK_RM = ("The resources in the stack have been deleted", "pulumi stack rm")


class Stack:
    """Calls the engine for one stack, named as in Pulumi.<name>.yaml.

    On an emulated AWS, `endpoint`, the stack has another state, always kept in the checkout, and the engine
    learns nothing of the user's own credentials.
    """

    def __init__(
        self,
        name: str,
        engine: Engine,
        project: Path = ROOT,
        endpoint: str | None = None,
        settings: StackSettings | None = None,
    ) -> None:
        stacks.require(name, project)
        self.name = name
        self.engine = engine
        self.project = project
        self.endpoint = endpoint
        self.settings = settings or StackSettings.read(project, name)
        self.state = state_directory(project)
        self.environment = engine.environment() | {"BOOKSTORE_COMMAND": "make"}
        self.kept_here = endpoint is not None or not backend.is_chosen(self.environment)
        self.state.mkdir(mode=0o700, exist_ok=True)
        if endpoint is not None:
            self.state = emulator.state(project, endpoint)
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment = backend.of_a_stranger(self.environment, endpoint)
        if self.kept_here:
            self.environment = backend.kept_in(self.state, self.environment)

    @property
    def free(self) -> bool:
        """Tell whether it costs nothing: it stays on this machine, or on an emulated AWS."""
        return self.settings.local or self.endpoint is not None

    def exists(self) -> bool:
        """Tell whether the backend knows the stack, deployed or not."""
        return self.knows(self.name)

    def knows(self, name: str) -> bool:
        """Tell whether there is a stack of this name where this one is kept."""
        if self.kept_here:  # quicker than asking the engine
            project: str = yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"]
            return (self.state / ".pulumi" / "stacks" / project / f"{name}.json").exists()
        listed = json.loads(self.ask("stack", "ls", "--json"))
        return any(stack["name"].split("/")[-1] == name for stack in listed)

    def create(self) -> None:
        """Create the stack where there is none, and leave the tracked file of its settings as it is.

        With a passphrase Pulumi writes the salt of its encryption among the settings of the directory that it
        is called in; for a stack kept in the checkout that is a directory beside the state.
        """
        if self.exists():
            self._require_secrets()
        elif self._settings_apart():
            self._private_project.mkdir(exist_ok=True)
            self._private_settings.unlink(missing_ok=True)
            (self._private_project / "Pulumi.yaml").write_bytes((self.project / "Pulumi.yaml").read_bytes())
            self.ask("stack", "init", self.name, "--no-select", "--cwd", str(self._private_project))
        else:
            self.ask("stack", "init", self.name, "--no-select")

    def run(self, command: str, *arguments: str, **environment: str) -> int:
        """Show what the engine says while it works on the stack; return its exit status."""
        return terminal.show(
            self._command(command, *arguments),
            self.project,
            self.environment | environment,
            STACK_RM if command == "destroy" else None,
        )

    def ask(self, *arguments: str, said: str | None = None) -> str:
        """Return what the engine answers. Raises UserError with its own words when it fails.

        Args:
            arguments: its command line.
            said: what it reads on standard input.
        """
        answer = subprocess.run(
            [self.engine.executable, *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.environment,
            input=said,
            stdin=subprocess.DEVNULL if said is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode == 0:
            return answer.stdout
        words = answer.stderr.strip().removeprefix("error: ")
        raise UserError(f"`pulumi {' '.join(arguments[:2])}` failed: {words}", self._remedy(words))

    def outputs(self) -> dict[str, object]:
        """Return the stack's outputs, secrets in the clear; empty when it has none."""
        return self._outputs("--show-secrets")

    def open_outputs(self) -> dict[str, object]:
        """Return those of the outputs that are no secrets."""
        return {name: value for name, value in self._outputs().items() if value != HIDDEN}

    def lift_dead_lock(self) -> bool:
        """Lift the lock that an interrupted run has left; tell whether there was one.

        Raises UserError when the run that holds it is still alive.
        """
        if not self.kept_here:
            return False
        locks = list((self.state / ".pulumi" / "locks").glob(f"**/{self.name}/*.json"))
        for lock in locks:
            holder = json.loads(lock.read_text())
            process, host = holder.get("pid"), holder.get("hostname")
            if host == os.uname().nodename and not _is_pulumi(process):
                lock.unlink()
                continue
            raise UserError(
                f"Another run works on the stack {self.name}: process {process} on {host}.",
                f"wait for it; if it is gone for good, lift its lock: rm {lock}",
            )
        return bool(locks)

    def pending(self) -> bool:
        """Tell whether an interrupted run has left operations of which the engine does not know the end."""
        return bool(self._deployment().get("pending_operations"))

    def clear_pending(self) -> None:
        """Have the engine look at what an interrupted run had begun to create, and forget that it had."""
        self.run("refresh", "--clear-pending-creates", "--yes", "--skip-preview", "--suppress-outputs")

    def remove(self) -> None:
        """Forget a stack whose resources are destroyed; the files of its settings stay."""
        self.ask("stack", "rm", self.name, "--yes", "--preserve-config")

    def keep_secret(self, key: str, value: str) -> None:
        """Encrypt a setting, and write it among the tracked ones."""
        if self._settings_apart():
            text = backend.salted(self._tracked_settings.read_text(), backend.salt(self._private_settings))
            self._tracked_settings.write_text(text)
        self.ask("config", "set", "--secret", key, "--stack", self.name, said=value)

    def resources(self) -> int:
        """Return how many resources the state has, of a deployment that may have stopped half way."""
        found = self._deployment().get("resources")
        return sum(not each["type"].startswith("pulumi:") for each in found) if isinstance(found, list) else 0

    @property
    def _tracked_settings(self) -> Path:
        return self.project / f"Pulumi.{self.name}.yaml"

    @property
    def _private_project(self) -> Path:
        return self.state / "project"

    @property
    def _private_settings(self) -> Path:
        return self._private_project / f"Pulumi.{self.name}.yaml"

    def _outputs(self, *options: str) -> dict[str, object]:
        outputs: dict[str, object] = json.loads(
            self.ask("stack", "output", "--json", *options, "--stack", self.name)
        )
        return outputs

    def _deployment(self) -> dict[str, object]:
        exported = json.loads(self.ask("stack", "export", "--stack", self.name))
        found: dict[str, object] = exported.get("deployment") or {}
        return found

    def _settings_apart(self) -> bool:
        """Tell whether the salt is kept beside the state, as long as the tracked settings hold no secret.

        One that Pulumi has written there by hand, for another state, is of no use then.
        """
        return self.kept_here and (self.endpoint is not None or not self._tracked_secrets())

    def _tracked_secrets(self) -> list[str]:
        return StackSettings.read(self.project, self.name).secrets

    def _require_secrets(self) -> None:
        """Raise UserError when the engine cannot decrypt the tracked secrets with this user's passphrase."""
        if self.endpoint is None and (keys := self._tracked_secrets()):
            self.ask("config", "get", keys[0], "--stack", self.name)

    def _remedy(self, words: str) -> str:
        """Return what to do about an engine that fails with these words."""
        if "incorrect passphrase" in words and self.kept_here:
            return (
                f"Pulumi.{self.name}.yaml has secrets of another passphrase: set PULUMI_CONFIG_PASSPHRASE"
                f" to it,\n    or delete the `secure:` settings and `encryptionsalt`, and keep them again: "
                f"make secret STACK={self.name} KEY={(self._tracked_secrets() or ['KEY'])[0].split(':')[-1]}"
            )
        if "passphrase" in words:
            return (
                "set PULUMI_CONFIG_PASSPHRASE to that of the backend, which `pulumi whoami -v` names,\n"
                "    or have make keep the state in the checkout: pulumi logout"
            )
        return "fix that and try again"

    def _command(self, command: str, *arguments: str) -> list[str]:
        """Return the command line; its settings are a copy, so that those of one run stay in none."""
        line = [str(self.engine.executable), command, "--stack", self.name, *arguments]
        if self._settings_apart():
            text = self._plain_settings() if self.endpoint else self._tracked_settings.read_text()
            self._private_settings.write_text(backend.salted(text, backend.salt(self._private_settings)))
        elif "--config" in arguments:
            self._private_project.mkdir(exist_ok=True)
            self._private_settings.write_bytes(self._tracked_settings.read_bytes())
        else:
            return line
        return [*line, "--config-file", str(self._private_settings)]

    def _plain_settings(self) -> str:
        """Return the settings without those that only the stack's own state can decrypt."""
        hidden = self.settings.secrets
        plain = {key: value for key, value in self.settings.config.items() if key not in hidden}
        return yaml.safe_dump({"config": plain})


def state_directory(project: Path) -> Path:
    """Return where make keeps state in the checkout."""
    return project / ".pulumi-state"


def _is_pulumi(process: object) -> bool:
    """Tell whether the process lives and is an engine; numbers of processes are used again."""
    command: Sequence[str] = ["ps", "-o", "comm=", "-p", str(process)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return "pulumi" in answer.stdout
