"""What is written about the settings is what the models say."""

from pathlib import Path

import pytest

from infra.config.parser import STAGES, keys
from infra.config.reference import documents


@pytest.mark.parametrize(("path", "text"), documents().items(), ids=lambda value: getattr(value, "name", ""))
def test_what_is_written_is_current(path: Path, text: str) -> None:
    assert path.read_text() == text, "make settings"


def test_every_setting_says_what_it_is() -> None:
    for model in STAGES.values():
        for key, field in keys(model).items():
            assert field.description, f"{model.__name__}: {key}"
