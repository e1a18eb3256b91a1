"""How a wrong setting is refused."""

from collections.abc import Callable

import pytest

from infra.errors import DeploymentError


def assert_refused(read: Callable[..., object], key: str, value: str, allowed: str) -> None:
    """Assert that a value is refused with what is allowed and the command that mends it."""
    with pytest.raises(DeploymentError) as refusal:
        read(**{key: value})
    message = str(refusal.value)
    assert message.startswith(f"bookstore:{key} is {value}; choose ")
    assert allowed in message
    assert f"pulumi config set bookstore:{key} " in message
