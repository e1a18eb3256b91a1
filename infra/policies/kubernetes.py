"""Policies on pods: what they may do to their node and to each other."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from infra.policies.rule import Properties, rule, true

WORKLOADS = (
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:Pod",
)
# Names of secrets, except of variables that name a secret's file.
SECRET = re.compile(r"(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY)(?!.*_FILE$)", re.IGNORECASE)


@rule(*WORKLOADS)
def no_privileged_container(props: Properties) -> Iterator[str]:
    """No container is privileged."""
    for found in _containers(props):
        if true((found.get("securityContext") or {}).get("privileged")):
            yield f"container {found.get('name')} is privileged; leave privileged out of security_context."


@rule(*WORKLOADS)
def no_host_namespace(props: Properties) -> Iterator[str]:
    """No pod shares its node's network, processes or memory."""
    pod = _pod(props)
    shared = [key for key in ("hostNetwork", "hostPID", "hostIPC") if true(pod.get(key))]
    if shared:
        yield f"the pod shares its node's namespaces; leave {', '.join(shared)} out."


@rule(*WORKLOADS)
def container_limits(props: Properties) -> Iterator[str]:
    """No container can use all of its node's memory."""
    for found in _containers(props):
        if not ((found.get("resources") or {}).get("limits") or {}).get("memory"):
            yield f"container {found.get('name')} has no memory limit; set resources.limits.memory."


@rule(*WORKLOADS)
def no_latest_image(props: Properties) -> Iterator[str]:
    """An image that is pulled has a version or a digest, so that all pods run the same."""
    for found in _containers(props):
        image = str(found.get("image")).split("/")[-1]
        floating = "@" not in image and image.partition(":")[2] in ("", "latest")
        if floating and found.get("imagePullPolicy") != "Never":
            yield f"container {found.get('name')} runs the latest image; name a version or a digest."


@rule(*WORKLOADS)
def no_plain_secret_in_environment(props: Properties) -> Iterator[str]:
    """A container gets secrets from a Secret, not from its manifest."""
    for found in _containers(props):
        for variable in found.get("env") or []:
            if SECRET.search(str(variable.get("name"))) and variable.get("value"):
                yield f"{variable.get('name')} is in plain text; use value_from.secret_key_ref."


def _pod(props: Properties) -> Properties:
    spec = props.get("spec") or {}
    if "jobTemplate" in spec:
        spec = spec["jobTemplate"].get("spec") or {}
    pod: Properties = (spec["template"].get("spec") or {}) if "template" in spec else spec
    return pod


def _containers(props: Properties) -> Sequence[Any]:
    pod = _pod(props)
    return [*(pod.get("containers") or []), *(pod.get("initContainers") or [])]
