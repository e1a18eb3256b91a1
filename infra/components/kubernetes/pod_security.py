"""Namespaces, pods and containers that meet the Pod Security Standard `restricted`.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Mapping, Sequence

from infra.components.kubernetes.manifest import Manifest, manifest


def restricted_namespace(name: str, labels: Mapping[str, str] | None = None) -> Manifest:
    """Return a namespace that rejects pods which are not `restricted`."""
    modes = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return manifest("v1", "Namespace", name, labels={**(labels or {}), **modes})


def restricted_pod(service_account: str, security_context: Manifest) -> Manifest:
    """Return the fields that every pod has: no token for the API server, and these rights."""
    return {
        "serviceAccountName": service_account,
        "automountServiceAccountToken": False,
        # Variables for each Service of the namespace would only show an intruder where to go next.
        "enableServiceLinks": False,
        "securityContext": security_context,
    }


def pod_security_context(uid: int, *, owns_volumes: bool = True, binds_low_ports: bool = False) -> Manifest:
    """Return the rights of a pod.

    Args:
        uid: the user and the group of its processes.
        owns_volumes: whether files in its volumes belong to this group.
        binds_low_ports: whether processes without privileges may listen on ports below 1024.
    """
    context: Manifest = {
        "runAsNonRoot": True,
        "runAsUser": uid,
        "runAsGroup": uid,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if owns_volumes:
        # OnRootMismatch: a volume full of files is not walked through at each start.
        context |= {"fsGroup": uid, "fsGroupChangePolicy": "OnRootMismatch"}
    if binds_low_ports:
        context["sysctls"] = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
    return context


def container_security_context(*, read_only: bool = True, added_capabilities: Sequence[str] = ()) -> Manifest:
    """Return the rights of a container: none, on a file system that it cannot write to.

    Args:
        read_only: whether the file system of the image is read-only.
        added_capabilities: capabilities that it has in spite of dropping all.
    """
    capabilities: Manifest = {"drop": ["ALL"]}
    if added_capabilities:
        capabilities["add"] = list(added_capabilities)
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": read_only,
        "capabilities": capabilities,
    }
