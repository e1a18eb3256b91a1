"""The schemas refuse what an API server would refuse."""

from copy import deepcopy
from typing import Any

import pytest

from tests.kubernetes.schemas import VERSIONS, validate

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [{"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}]
            },
        },
    },
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_manifest_passes(version: str) -> None:
    validate(DEPLOYMENT, version)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("spec", "replicaz"), 2, "'replicaz' was unexpected"),
        (("spec", "replicas"), "two", "'two' is not of type"),
        (("spec", "selector"), None, r"\$\.spec\.selector is null"),
        (("spec", "template", "spec", "containers", 0, "resources", "limit"), {}, "'limit' was unexpected"),
        (("spec", "template", "spec"), {}, "'containers' is a required property"),
        (("apiVersion",), "extensions/v1beta1", "has no Deployment of extensions/v1beta1"),
    ],
)
def test_a_faulty_one_is_refused(path: tuple[str | int, ...], value: object, message: str) -> None:
    manifest = deepcopy(DEPLOYMENT)
    inner: Any = manifest
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(AssertionError, match=message):
        validate(manifest, VERSIONS[-1])
