"""What a command needs, looked at before anything is deployed: named checks, in the order of their cost.

Each check raises UserError with cause and remedy. First come those that only read (settings, port, tools),
then the packages of the stage, which are installed, then credentials, then the engine.
"""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from tools import credentials, docker, emulator, kubeconfig, plugins, ports, stacks
from tools.engine import find_engine
from tools.environment import packages
from tools.errors import UserError
from tools.settings import StackSettings
from tools.stack import ROOT, Stack

FORGET_CLUSTER = "PULUMI_K8S_DELETE_UNREACHABLE"  # Pulumi's own, which its provider for Kubernetes reads
MIRROR_ELSEWHERE = (
    "another registry: .venv/bin/python -m sockshop mirror REGISTRY, and then CONFIG=imageRegistry=REGISTRY"
)
EMULATED_WHOLE = {"monolith"}  # of `scaled` an emulated AWS shows a preview: it bakes no machine images
EXTRAS = {
    "dev": "infra",
    "monolith": "infra,aws",
    "scaled": "infra,aws",
    "cluster": "infra,aws,kubernetes",
    "sockshop": "infra,aws,kubernetes",
}


@dataclass
class Request:
    """What the user asks for.

    Args:
        command: of the Makefile, such as up.
        settings: the stack's, as this run sees them.
        endpoint: of the emulator that is asked for; None is AWS itself.
        project: where the stack's settings are.
    """

    command: str
    settings: StackSettings
    endpoint: str | None = None
    project: Path = ROOT

    @classmethod
    def of(cls, command: str, stack: str, endpoint: str | None = None, project: Path = ROOT) -> "Request":
        """Return the request for a stack. Raises UserError when there is none of the name."""
        stacks.require(stack, project)
        return cls(command, StackSettings.read(project, stack, endpoint), endpoint, project)

    @property
    def name(self) -> str:
        """Return the stack's name."""
        return self.settings.stack

    @property
    def emulated(self) -> bool:
        """Tell whether an emulated AWS is asked for, by EMULATOR or by the settings."""
        return self.endpoint is not None or bool(self.settings.get("emulator"))

    @property
    def on_aws(self) -> bool:
        """Tell whether the stage makes anything on AWS; on an existing cluster it does not."""
        return "region" in self.settings.keys and self.settings.get("cluster") != "kubeconfig"

    @property
    def builds_image(self) -> bool:
        """Tell whether the shop's image is built on this machine."""
        given = self.settings.get
        if "buildImage" not in self.settings.keys:
            return False
        if given("cluster") == "kubeconfig":
            return given("pushImage") == "true"
        return (given("buildImage") or ("false" if self.emulated else "true")) == "true"

    @cached_property
    def stack(self) -> Stack:
        """Return the stack in the engine, which is set up first where there is none."""
        return Stack(self.name, find_engine(), self.project, self.endpoint, self.settings)


Check = Callable[[Request], None]


def check(request: Request, *, checks: Mapping[str, tuple[Check, ...]] | None = None) -> None:
    """Raise UserError at the first thing that the command lacks."""
    for each in (checks or CHECKS)[request.command]:
        each(request)


def settings_allowed(request: Request) -> None:
    """Every key and value is one that the stage allows."""
    _ = request.settings.checked


def key_is_secret_setting(request: Request) -> None:
    """KEY names a setting of the stage."""
    key, secret = os.environ.get("KEY", ""), f"make secret STACK={request.name} KEY="
    known = request.settings.keys
    if not known:
        settings_allowed(request)  # which says that the stage does not exist
    if not key:
        raise UserError("Which setting?", f"{secret}duckdnsToken")
    if key.removeprefix("bookstore:") not in known:
        near = get_close_matches(key, known, n=1)
        raise UserError(
            f"{key} is no setting of the stage {request.settings.stage}"
            + (f"; did you mean {near[0]}?" if near else "."),
            f"{secret}{near[0] if near else 'duckdnsToken'}; Pulumi.yaml describes each setting",
        )


def port_free(request: Request) -> None:
    """Nothing else listens where the shop is to."""
    if request.settings.local:
        request.settings = ports.kept(request.settings, request.project)
        ports.require(request.settings, request.command)


def emulator_suits(request: Request) -> None:
    """EMULATOR is asked for where an emulated AWS can help, and is left out elsewhere."""
    if request.endpoint is None or not request.settings.keys:
        return
    if request.command == "secret":
        raise UserError("An emulated AWS gets no secrets.", "leave EMULATOR out")
    if not request.on_aws:
        raise UserError(
            f"The stack {request.name} is not on AWS and needs no emulator.", "leave EMULATOR out"
        )
    if "emulator" not in request.settings.keys:
        raise UserError(
            f"The stack {request.name} needs a Kubernetes that runs, and an emulated AWS has none.",
            f"leave EMULATOR out, or take {_own_cluster(request)}",
        )


def emulator_answers(request: Request) -> None:
    """The emulated AWS that is asked for runs."""
    if request.endpoint is None:
        return
    emulator.require(request.endpoint)
    if request.settings.secrets and request.command in ("up", "preview"):
        print(f"Left out, as an emulated AWS gets no secrets: {', '.join(request.settings.secrets)}")


def cluster_answers(request: Request) -> None:
    """The existing cluster that the settings name is reached by its kubeconfig."""
    given = request.settings.get
    if given("cluster") == "kubeconfig" and "kubeconfig" in request.settings.keys:
        kubeconfig.require(kubeconfig.file(given("kubeconfig")), given("kubeContext"))


def cluster_answers_or_is_forgotten(request: Request) -> None:
    """The cluster is reached, or the user has said that what was in it is gone with it."""
    if forgets_cluster():
        return
    try:
        cluster_answers(request)
    except UserError as unreachable:
        given = " ".join(request.settings.given)
        again = f"make down STACK={request.name} {FORGET_CLUSTER}=true" + (
            given and f" CONFIG={shlex.quote(given)}"
        )
        raise UserError(
            unreachable.cause,
            f"{unreachable.remedy};\n    or, when it is gone for good, forget what was in it: {again}",
        ) from None


def docker_answers(request: Request) -> None:
    """Docker runs, where the shop's image is built on this machine."""
    if not request.builds_image:
        return
    if request.settings.get("cluster") == "kubeconfig":
        docker.require("name one that is in a registry already: pushImage=false image=REFERENCE")
        return
    otherwise = docker.left_to_others()
    if request.settings.stage in EMULATED_WHOLE:
        otherwise += f";\n    or have an emulated AWS, where none is built: {_emulated(request)}"
    docker.require(otherwise)


def mirrors_images(request: Request) -> None:
    """The stage runs images of others, and on AWS, where their registry is made."""
    if "imageRegistry" not in request.settings.keys:
        raise UserError(f"The stack {request.name} runs no images of others.", "make mirror STACK=sockshop")
    if request.endpoint is not None or not request.on_aws:
        raise UserError("A registry of the stack's own is made on AWS alone.", f"take {MIRROR_ELSEWHERE}")


def packages_installed(request: Request) -> None:
    """The Python packages of the stage are there; what is missing is installed."""
    packages.install(EXTRAS.get(request.settings.stage, "infra"))


def plugins_available(request: Request) -> None:
    """The providers' plugins are installed, or can be downloaded."""
    if not request.settings.local:
        without = () if request.builds_image else ("docker",)
        plugins.require(EXTRAS.get(request.settings.stage, "infra").split(","), without)


def credentials_accepted(request: Request) -> None:
    """AWS accepts the user's credentials; says whose they are."""
    settings = request.settings
    if not request.on_aws or request.emulated or "environment" in settings.written:
        return  # Pulumi ESC, an `environment`, may bring credentials of its own
    if request.command == "mirror":
        without = MIRROR_ELSEWHERE
    elif "emulator" in settings.keys:
        without = _emulated(request)
    else:
        without = _own_cluster(request)
    print(credentials.require(settings.get("region") or "us-east-1", without), flush=True)


def engine_found(request: Request) -> None:
    """There is an engine; one is set up where there is none."""
    _ = request.stack


def cluster_stack_exists(request: Request) -> None:
    """The stack whose cluster is asked for has been made: Pulumi names no remedy."""
    given = request.settings.get
    other = given("clusterStack") or "cluster"
    if given("cluster") != "stack" or "/" in other or request.stack.knows(other):
        return
    raise UserError(
        f"The stack {request.name} is to use the cluster of the stack {other}, which does not exist.",
        f"make up STACK={other}, or name another one: CONFIG='cluster=stack clusterStack=NAME'",
    )


def registry_exists(request: Request) -> None:
    """The registry that the images are to come from is there: pods would wait for them in vain."""
    given = request.settings.get
    if given("imageRegistry") != "ecr" or given("cluster") == "kubeconfig":
        return
    stack = request.stack
    if not stack.exists() or "registry" not in stack.outputs():
        named = f"STACK={request.name}"
        raise UserError(
            "The images are to come from the stack's own registry, which does not exist yet.",
            f"make up {named} without imageRegistry=ecr, then make mirror {named}, and then this",
        )


def forgets_cluster() -> bool:
    """Tell whether the user has said that what was in an unreachable cluster is gone with it."""
    return os.environ.get(FORGET_CLUSTER) == "true"


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "env": (settings_allowed, packages_installed, engine_found),
    "preview": (
        emulator_suits,
        settings_allowed,
        port_free,
        cluster_answers,
        emulator_answers,
        packages_installed,
        plugins_available,
        credentials_accepted,
        cluster_stack_exists,
    ),
    "up": (
        emulator_suits,
        settings_allowed,
        port_free,
        docker_answers,
        cluster_answers,
        emulator_answers,
        packages_installed,
        plugins_available,
        credentials_accepted,
        cluster_stack_exists,
        registry_exists,
    ),
    # Also with wrong settings. The rest is asked where there is something to take down: REMOVAL.
    "down": (emulator_suits, emulator_answers, packages_installed),
    "status": (emulator_suits, emulator_answers),
    "logs": (emulator_suits, emulator_answers),
    "secret": (emulator_suits, key_is_secret_setting),
    "mirror": (mirrors_images, packages_installed, credentials_accepted),
}
# What `down` needs beside, where the stack exists.
REMOVAL: Mapping[str, tuple[Check, ...]] = {"down": (cluster_answers_or_is_forgotten, credentials_accepted)}


def _emulated(request: Request) -> str:
    whole = request.settings.stage in EMULATED_WHOLE
    command = request.command if whole else "preview"
    return f"make emulator, and in another terminal: make {command} STACK={request.name} EMULATOR=1"


def _own_cluster(request: Request) -> str:
    return f"a cluster that you have: make {request.command} STACK={request.name} CONFIG=cluster=kubeconfig"
