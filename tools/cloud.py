"""What a stack needs before the engine is asked: an identity at AWS, Docker, an emulator or a cluster."""

import os
import shlex
from pathlib import Path

from tools import credentials, docker, emulator, kubeconfig, settings
from tools.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
FORGET_CLUSTER = "PULUMI_K8S_DELETE_UNREACHABLE"  # Pulumi's own, which its provider for Kubernetes reads
MIRROR_ELSEWHERE = (
    "another registry: .venv/bin/python -m sockshop mirror REGISTRY, and then CONFIG=imageRegistry=REGISTRY"
)
EMULATED_WHOLE = {"monolith"}  # of `scaled` an emulated AWS shows a preview: it bakes no machine images


def require(command: str, stack: str, endpoint: str | None, project: Path = ROOT) -> None:
    """Raises UserError, with the remedy, when what the command needs of the outside is not there.

    Args:
        command: of the Makefile, such as up.
        stack: as STACK names it.
        endpoint: of the emulator that is asked for; None is AWS itself.
        project: where the stack's settings are.
    """
    if command == "mirror":
        _require_registry(stack, endpoint, project)
    elif endpoint is not None:
        if command == "secret":
            raise UserError("An emulated AWS gets no secrets.", "leave EMULATOR out")
        if not _on_aws(stack, project):
            raise UserError(f"The stack {stack} is not on AWS and needs no emulator.", "leave EMULATOR out")
        if "emulator" not in _settings_of_stage(stack, project):
            raise UserError(
                f"The stack {stack} needs a Kubernetes that runs, and an emulated AWS has none.",
                f"leave EMULATOR out, or take {_own_cluster(command, stack)}",
            )
        emulator.require(endpoint)
        secrets = settings.without_secrets(_file(stack, project))[1]
        if secrets and command in ("up", "preview"):
            print(f"Left out, as an emulated AWS gets no secrets: {', '.join(secrets)}")
    elif command in ("up", "preview"):
        require_credentials(command, stack, project)
        _require_cluster(stack, project)
        if command == "up":
            _require_docker(stack, project)


def require_credentials(command: str, stack: str, project: Path = ROOT) -> None:
    """Tells who the user is to AWS. Raises UserError when a stack on AWS would find nobody."""
    given = settings.read(_file(stack, project))
    if not _on_aws(stack, project) or given.get("emulator"):
        return
    if "environment" in settings.written(_file(stack, project)):
        return  # Pulumi ESC may bring credentials of its own
    if command == "mirror":
        without = MIRROR_ELSEWHERE
    elif "emulator" in _settings_of_stage(stack, project):
        whole = given.get("stage") in EMULATED_WHOLE
        without = _emulated(command if whole else "preview", stack)
    else:
        without = _own_cluster(command, stack)
    print(credentials.require(given.get("region") or "us-east-1", without), flush=True)


def require_to_remove(stack: str, project: Path = ROOT) -> None:
    """Raises UserError when a stack that exists cannot be taken down: no credentials, or no cluster."""
    require_credentials("down", stack, project)
    if forgets_cluster():
        return
    try:
        _require_cluster(stack, project)
    except UserError as unreachable:
        given = " ".join(settings.of_this_run())
        again = f"make down STACK={stack} {FORGET_CLUSTER}=true" + (given and f" CONFIG={shlex.quote(given)}")
        raise UserError(
            unreachable.cause,
            f"{unreachable.remedy};\n    or, when it is gone for good, forget what was in it: {again}",
        ) from None


def forgets_cluster() -> bool:
    """Whether the user has said that what was in a cluster out of reach is gone with it."""
    return os.environ.get(FORGET_CLUSTER) == "true"


def _on_aws(stack: str, project: Path) -> bool:
    """Whether the stage makes anything on AWS; on a cluster of the user's own it does not."""
    elsewhere = settings.read(_file(stack, project)).get("cluster") == "kubeconfig"
    return "region" in _settings_of_stage(stack, project) and not elsewhere


def _emulated(command: str, stack: str) -> str:
    return f"make emulator, and in another terminal: make {command} STACK={stack} EMULATOR=1"


def _own_cluster(command: str, stack: str) -> str:
    return f"a cluster that you have: make {command} STACK={stack} CONFIG=cluster=kubeconfig"


def _require_cluster(stack: str, project: Path) -> None:
    given = settings.read(_file(stack, project))
    if given.get("cluster") == "kubeconfig" and "kubeconfig" in _settings_of_stage(stack, project):
        file = Path(given.get("kubeconfig") or "~/.kube/config").expanduser()
        kubeconfig.require(file, given.get("kubeContext", ""))


def _require_registry(stack: str, endpoint: str | None, project: Path) -> None:
    if "image_registry" not in _settings_of_stage(stack, project):
        raise UserError(f"The stack {stack} runs no images of others.", "make mirror STACK=sockshop")
    if endpoint is not None or not _on_aws(stack, project):
        raise UserError("A registry of the stack's own is made on AWS alone.", f"take {MIRROR_ELSEWHERE}")
    require_credentials("mirror", stack, project)


def _require_docker(stack: str, project: Path) -> None:
    given = settings.read(_file(stack, project))
    if "build_image" not in _settings_of_stage(stack, project):
        return
    if given.get("cluster") == "kubeconfig":
        if given.get("pushImage") == "true":
            docker.require("name one that is in a registry already: pushImage=false image=REFERENCE")
    elif (given.get("buildImage") or ("false" if given.get("emulator") else "true")) == "true":
        otherwise = docker.left_to_others()
        if given.get("stage") in EMULATED_WHOLE:
            otherwise += f";\n    or have an emulated AWS, where none is built: {_emulated('up', stack)}"
        docker.require(otherwise)


def _settings_of_stage(stack: str, project: Path) -> set[str]:
    """The names of the settings that the stack's stage has; none for one that does not exist."""
    stage = settings.read(_file(stack, project))["stage"]
    if stage == "dev":
        return set()  # and no second is spent on Pulumi

    from infra.config import STAGES

    return set(STAGES[stage].model_fields) if stage in STAGES else set()


def _file(stack: str, project: Path) -> Path:
    return project / f"Pulumi.{stack}.yaml"
