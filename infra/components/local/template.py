"""Configuration files from templates. A missing or unknown variable is an error."""

from pathlib import Path
from string import Template


def render(file: Path, values: dict[str, str]) -> str:
    """Replace the `$variables` of a template file and return its text.

    Raises:
        ValueError: the template's variables are not exactly those in `values`.
    """
    template = Template(file.read_text())
    variables = set(template.get_identifiers())
    if not template.is_valid() or variables != set(values):
        raise ValueError(f"{file.name} takes {sorted(variables)}, not {sorted(values)}")
    return template.substitute(values)
