"""Kubernetes' own schemas of its objects, for each version."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

# The last four minor versions; EKS offers them soon after their release.
VERSIONS = ("1.34", "1.35", "1.36", "1.37")


def validate(manifest: dict[str, Any], version: str) -> None:
    """Validate a manifest against the strict schema of a Kubernetes version: unknown fields are errors.

    Raises AssertionError, which lists every error, and for a version without such a kind.
    """
    name = f"{manifest.get('kind')} {manifest.get('metadata', {}).get('name')}"
    validator = _validator(manifest.get("apiVersion", ""), manifest.get("kind", ""), version)
    found = [f"{fault.json_path} {fault.message}" for fault in validator.iter_errors(manifest)]
    # The schemas allow null everywhere, and the server then takes its default: never intended.
    found += [f"{place} is null" for place in _nulls(manifest, "$")]
    assert not found, f"{name}, Kubernetes {version}:\n" + "\n".join(found)


@cache
def _validator(api_version: str, kind: str, version: str) -> Draft202012Validator:
    group, _, short = api_version.rpartition("/")
    name = "-".join(filter(None, (kind.lower(), group.partition(".")[0], short)))
    schema = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    file = schema / f"{name}.json"
    assert file.is_file(), f"Kubernetes {version} has no {kind} of {api_version}"
    return Draft202012Validator(json.loads(file.read_text()), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    schemas = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    return Resource.from_contents(json.loads((schemas / "_definitions.json").read_text())) @ Registry()


def _nulls(value: object, place: str) -> Iterator[str]:
    if value is None:
        yield place
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _nulls(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _nulls(inner, f"{place}[{index}]")
