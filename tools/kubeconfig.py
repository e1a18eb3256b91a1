"""The existing cluster that a stack uses, asked before the engine: file, context, server."""

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import yaml

from tools.errors import UserError

PATIENCE = 10  # seconds


def file(written: str) -> Path:
    """Return the file that kubectl would take: the setting, else the first one of $KUBECONFIG that exists."""
    named = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    existing = [part for part in named if Path(part).is_file()]
    return Path(written or next(iter(existing or named), "~/.kube/config")).expanduser()


def require(file: Path, context: str) -> None:
    """Raise UserError, with the remedy, when no cluster is reached by the file.

    Args:
        file: as kubectl takes it.
        context: in the file; empty for its current one.
    """
    config = _read(file)
    contexts = _named(config, "context")
    chosen = context or str(config.get("current-context") or "")
    if chosen not in contexts:
        known = ", ".join(contexts) or "none"
        raise UserError(
            f"The kubeconfig {file} has no context {chosen}; it has: {known}."
            if chosen
            else f"The kubeconfig {file} has no current context; it has: {known}.",
            "name one of them: CONFIG=kubeContext=NAME; your cluster's tool writes it, as kind does with "
            "kind create cluster",
        )
    cluster = _named(config, "cluster").get(str(contexts[chosen].get("cluster")), {})
    server = urlsplit(str(cluster.get("server", "")))
    proxied = "proxy-url" in cluster or (
        server.scheme in getproxies() and not proxy_bypass(server.hostname or "")
    )
    if proxied:
        return
    try:
        port = server.port or (443 if server.scheme == "https" else 80)
        socket.create_connection((server.hostname or "", port), PATIENCE).close()
    except (OSError, ValueError) as failure:
        raise UserError(
            f"The cluster of context {chosen} does not answer at {server.geturl() or 'no address'}: "
            f"{failure}",
            f"start it, and see that `kubectl --kubeconfig {file} --context {chosen} get nodes` works",
        ) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text())
    except OSError as failure:
        raise UserError(
            f"The kubeconfig {file} cannot be read: {failure.strerror}",
            "make a cluster, as with kind create cluster, or name the file that kubectl uses: "
            "CONFIG=kubeconfig=PATH",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise UserError(
            f"{file} is no kubeconfig.", "name the file that kubectl uses: CONFIG=kubeconfig=PATH"
        )
    return found


def _named(config: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the entries of a kind by their names."""
    return {str(entry.get("name")): entry.get(kind) or {} for entry in config.get(f"{kind}s") or []}
