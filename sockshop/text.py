"""Manifests as text."""

from collections.abc import Iterable
from typing import Any

import yaml


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice, and text of several lines as a block: kubectl's users read it."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Tell whether a value may be repeated."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _text)


def to_yaml(manifests: Iterable[dict[str, Any]]) -> str:
    """Give one YAML document for each manifest."""
    return yaml.dump_all(manifests, Dumper=_Plain, sort_keys=False, explicit_start=True, width=110)
