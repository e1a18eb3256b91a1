"""Manifests as YAML."""

from collections.abc import Iterable

import yaml

from infra.components.kubernetes.manifest import Manifest


class _Plain(yaml.SafeDumper):
    """A dumper for readers: no aliases, and text of several lines as a block."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Return True: write a value in full wherever it occurs."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _text)


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """Return one YAML document for each manifest."""
    return yaml.dump_all(manifests, Dumper=_Plain, sort_keys=False, explicit_start=True, width=110)
