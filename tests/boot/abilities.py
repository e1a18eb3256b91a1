"""Whether this computer can make test machines, which takes Linux and root."""

import os
import subprocess
import sys


def missing() -> str | None:
    """Return what is missing, as a sentence; None when nothing is."""
    if sys.platform != "linux":
        return f"machines are made of Linux's namespaces, and this is {sys.platform}"
    if os.geteuid() != 0:
        return "machines are made by root alone"
    tried = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--mount-proc", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        return f"namespaces cannot be made here: {tried.stderr.strip()}"
    return None
