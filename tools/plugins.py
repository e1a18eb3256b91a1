"""The plugins of Pulumi's providers: the engine downloads them, where the network lets it."""

import json
import os
import platform
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from tools.engine.download import MACHINES, PATIENCE, SYSTEMS
from tools.errors import UserError

# The providers that the packages of an extra bring, as Pulumi calls them.
PROVIDERS = {"aws": ("aws", "docker", "random", "tls"), "kubernetes": ("eks", "kubernetes")}
SOURCES = ("https://get.pulumi.com/releases/plugins", "https://github.com/pulumi")


def require(extras: Iterable[str], without: Iterable[str] = ()) -> None:
    """Raise UserError when a plugin is missing, and none of its sources answers.

    Args:
        extras: the extras of pyproject.toml that the stage needs.
        without: providers that this run does not call.
    """
    names = [name for extra in extras for name in PROVIDERS.get(extra, ()) if name not in without]
    missing = {name: version for name in names if not _installed(name, version := _version(name))}
    if not missing or not (reason := _unreachable()):
        return
    system, machine = SYSTEMS.get(sys.platform, "linux"), MACHINES.get(platform.machine().lower(), "amd64")
    kind = f"{system}-{'amd64' if machine == 'x64' else machine}"
    lines = [
        f"    {SOURCES[0]}/pulumi-resource-{name}-v{version}-{kind}.tar.gz"
        for name, version in missing.items()
    ]
    first, version = next(iter(missing.items()))
    raise UserError(
        f"{len(missing)} plugin{'s' if len(missing) > 1 else ''} of Pulumi's providers "
        f"{'are' if len(missing) > 1 else 'is'} not installed, and no download answers ({reason}).",
        "let this machine reach it, as through a proxy (HTTPS_PROXY=...), or fetch on another machine\n"
        + "\n".join(lines)
        + f"\n    and install each here: .venv/bin/pulumi plugin install resource {first} v{version} "
        f"--file pulumi-resource-{first}-v{version}-{kind}.tar.gz",
    )


def _version(name: str) -> str:
    """Return the version of the plugin that belongs to the installed package."""
    spec = find_spec(f"pulumi_{name}")
    stated = Path(spec.origin).with_name("pulumi-plugin.json") if spec and spec.origin else None
    return str(json.loads(stated.read_text())["version"]) if stated and stated.is_file() else ""


def _installed(name: str, version: str) -> bool:
    """Tell whether the engine finds the plugin: on PATH, or where it keeps plugins."""
    home = Path(os.environ.get("PULUMI_HOME") or Path("~/.pulumi").expanduser())
    return bool(
        not version
        or shutil.which(f"pulumi-resource-{name}")
        or (home / "plugins" / f"resource-{name}-v{version}").is_dir()
    )


def _unreachable() -> str:
    """Return why no source of plugins answers; empty when one does."""
    reasons = []
    for source in SOURCES:
        try:
            urllib.request.urlopen(source, timeout=PATIENCE).close()  # noqa: S310  # nosec B310
        except urllib.error.HTTPError as refusal:
            if refusal.code != 407 and refusal.code < 500:
                return ""  # an answer of the host's own
            reasons.append(f"{source.split('/')[2]}: answers {refusal.code}")
        except OSError as error:
            reasons.append(f"{source.split('/')[2]}: {getattr(error, 'reason', error)}")
        else:
            return ""
    return "; ".join(reasons)
