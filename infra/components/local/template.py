"""Configuration files from templates, strictly: a variable too few or too many is a mistake of ours."""

from pathlib import Path
from string import Template


def render(file: Path, values: dict[str, str]) -> str:
    """Fill the `$variables` of a template file.

    Raises:
        ValueError: the template's variables are not exactly those that have values.
    """
    template = Template(file.read_text())
    named = set(template.get_identifiers())
    if not template.is_valid() or named != set(values):
        raise ValueError(f"{file.name} takes {sorted(named)}, not {sorted(values)}")
    return template.substitute(values)
