"""The Pulumi program: the stack's settings choose the stage, the stage's outputs are the stack's."""

from dataclasses import fields

import pulumi

from infra import settings
from infra.stages import dev


def main() -> None:
    """Deploy the stage that the stack's settings name."""
    chosen = settings.read()
    match chosen:
        case settings.Dev():
            outputs = dev.deploy(chosen)
    for field in fields(outputs):
        pulumi.export(field.name, getattr(outputs, field.name))


main()
