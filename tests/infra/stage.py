"""A stage of AWS deployed on the stand-in, with settings as a user writes them."""

from pulumi.runtime.config import set_all_config

from infra import settings
from infra.stages import monolith
from tests.infra.capture import Capture, capture


def deploy_monolith(**written: str) -> Capture:
    """Deploy `monolith` with these settings, as `Pulumi.monolith.yaml` writes them."""

    def program() -> monolith.Outputs:
        set_all_config(
            {f"bookstore:{key}": value for key, value in (written | {"stage": "monolith"}).items()}
        )
        chosen = settings.read()
        assert isinstance(chosen, settings.Monolith)
        return monolith.deploy(chosen)

    return capture(program, stack="monolith")
