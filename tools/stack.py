"""One stack of this project and where Pulumi keeps it: in the checkout, unless its user chose otherwise."""

import json
import os
import re
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from tools import emulator, settings
from tools.engine import Engine
from tools.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
LOCAL = "dev"
EMULATOR_KEY = "test"  # what emulators take
HIDDEN = "[secret]"  # what the engine shows in its place


class Stack:
    """Calls the engine for one stack, named as in Pulumi.<name>.yaml.

    On an emulated AWS, `endpoint`, the stack has another state, always kept in the checkout, and the engine
    learns nothing of the user's own credentials.
    """

    def __init__(self, name: str, engine: Engine, project: Path = ROOT, endpoint: str | None = None) -> None:
        if not (project / f"Pulumi.{name}.yaml").is_file():
            known = ", ".join(sorted(path.name.split(".")[1] for path in project.glob("Pulumi.*.yaml")))
            raise UserError(
                f"There is no stack {name}: Pulumi.{name}.yaml is missing.", f"STACK is one of {known}"
            )
        self.name = name
        self.engine = engine
        self.project = project
        self.endpoint = endpoint
        self.state = project / ".pulumi-state"
        self.environment = engine.environment()
        self.kept_here = endpoint is not None or not _backend_chosen(self.environment)
        self.state.mkdir(mode=0o700, exist_ok=True)
        if endpoint is not None:
            self.state = emulator.state(project, endpoint)
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment = _strangers(self.environment, endpoint)
        if self.kept_here:
            self.environment["PULUMI_BACKEND_URL"] = f"file://{self.state}"
            if not self.environment.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
                self.environment["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(
                    _passphrase(self.state / "passphrase")
                )

    @property
    def free(self) -> bool:
        """Whether it costs nothing: it stays on this machine, or on an emulated AWS."""
        return self.name == LOCAL or self.endpoint is not None

    def exists(self) -> bool:
        """Whether the backend knows the stack, deployed or not."""
        return self.knows(self.name)

    def knows(self, name: str) -> bool:
        """Whether there is a stack of this name where this one is kept."""
        if self.kept_here:  # quicker than asking the engine
            project: str = yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"]
            return (self.state / ".pulumi" / "stacks" / project / f"{name}.json").exists()
        listed = json.loads(self.ask("stack", "ls", "--json"))
        return any(stack["name"].split("/")[-1] == name for stack in listed)

    def create(self) -> None:
        """Creates the stack where there is none, and leaves the tracked file of its settings as it is.

        With a passphrase Pulumi writes the salt of its encryption among the settings of the directory that it
        is called in; for a stack kept in the checkout that is a directory beside the state.
        """
        if self.exists():
            return
        if self._settings_apart():
            self._private_project.mkdir(exist_ok=True)
            self._private_settings.unlink(missing_ok=True)
            (self._private_project / "Pulumi.yaml").write_bytes((self.project / "Pulumi.yaml").read_bytes())
            self.ask("stack", "init", self.name, "--no-select", "--cwd", str(self._private_project))
        else:
            self.ask("stack", "init", self.name, "--no-select")

    def run(self, command: str, *arguments: str) -> int:
        """Shows what the engine says while it works on the stack; returns its exit status."""
        with _interrupt_left_to_child():
            return subprocess.Popen(
                self._command(command, *arguments), cwd=self.project, env=self.environment
            ).wait()

    def ask(self, *arguments: str) -> str:
        """What the engine answers on standard output. Raises UserError with its own words when it fails."""
        answer = subprocess.run(
            [self.engine.executable, *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            words = answer.stderr.strip().removeprefix("error: ")
            raise UserError(f"`pulumi {' '.join(arguments[:2])}` failed: {words}", "mend that and try again")
        return answer.stdout

    def outputs(self) -> dict[str, object]:
        """The stack's outputs, secrets in the clear; empty when it has none."""
        return self._outputs("--show-secrets")

    def open_outputs(self) -> dict[str, object]:
        """Those of the outputs that are no secrets."""
        return {name: value for name, value in self._outputs().items() if value != HIDDEN}

    def lift_dead_lock(self) -> bool:
        """Lifts the lock that an interrupted run has left; returns whether there was one.

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

    def clear_pending(self) -> None:
        """Has the engine look at what an interrupted run had begun to create, and forget that it had."""
        self.run("refresh", "--clear-pending-creates", "--yes", "--skip-preview", "--suppress-outputs")

    def remove(self) -> None:
        """Forgets a stack whose resources are destroyed; the files of its settings stay."""
        self.ask("stack", "rm", self.name, "--yes", "--preserve-config")

    def take_salt_along(self) -> None:
        """Puts the salt among the tracked settings, where what is encrypted with it will be."""
        if self._settings_apart():
            text = self._tracked_settings.read_text().rstrip()
            self._tracked_settings.write_text(f"{text}\nencryptionsalt: {_salt(self._private_settings)}\n")

    def resources(self) -> int:
        """How many resources the state has, of a deployment that may have stopped half way."""
        exported = json.loads(self.ask("stack", "export", "--stack", self.name))
        found = (exported.get("deployment") or {}).get("resources") or []
        return sum(not resource["type"].startswith("pulumi:") for resource in found)

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

    def _settings_apart(self) -> bool:
        """Whether the salt is kept beside the state: not when the user has encrypted settings of his own."""
        return self.kept_here and (self.endpoint is not None or not _salt(self._tracked_settings))

    def _command(self, command: str, *arguments: str) -> list[str]:
        """The engine's command line; its settings are a copy, so that those of one run stay in none."""
        line = [str(self.engine.executable), command, "--stack", self.name, *arguments]
        if self._settings_apart():
            salt = _salt(self._private_settings)
            text = self._plain_settings() if self.endpoint else self._tracked_settings.read_text()
            self._private_settings.write_text(f"{text.rstrip()}\nencryptionsalt: {salt}\n")
        elif "--config" in arguments:
            self._private_project.mkdir(exist_ok=True)
            self._private_settings.write_bytes(self._tracked_settings.read_bytes())
        else:
            return line
        return [*line, "--config-file", str(self._private_settings)]

    def _plain_settings(self) -> str:
        """The settings without those that only the stack's own state can decrypt."""
        plain, _ = settings.without_secrets(self._tracked_settings)
        return yaml.safe_dump({"config": plain})


def _strangers(environment: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """The environment of somebody who has no credentials but an emulator's; the user's must not reach it."""
    mine = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    return mine | {
        "AWS_ACCESS_KEY_ID": EMULATOR_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_SECRET_ACCESS_KEY": EMULATOR_KEY,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _backend_chosen(environment: Mapping[str, str]) -> bool:
    """Whether the user has told Pulumi where to keep state, by the environment or by `pulumi login`."""
    if environment.get("PULUMI_BACKEND_URL") or environment.get("PULUMI_ACCESS_TOKEN"):
        return True
    home = Path(environment.get("PULUMI_HOME") or Path("~/.pulumi").expanduser())
    try:
        return bool(json.loads((home / "credentials.json").read_text()).get("current"))
    except (OSError, json.JSONDecodeError):
        return False


def _passphrase(path: Path) -> Path:
    """The file of the passphrase that encrypts the state's secrets, made at first use, for its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path


def _salt(settings: Path) -> str | None:
    text = settings.read_text() if settings.is_file() else ""
    found = re.search(r"^encryptionsalt: (\S+)$", text, re.MULTILINE)
    return found.group(1) if found else None


def _is_pulumi(process: object) -> bool:
    """Whether the process lives and is an engine; numbers of processes are used again."""
    command: Sequence[str] = ["ps", "-o", "comm=", "-p", str(process)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return "pulumi" in answer.stdout


@contextmanager
def _interrupt_left_to_child() -> Iterator[None]:
    """Ctrl-C reaches the engine too, which ends in good order; so does this process, after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
