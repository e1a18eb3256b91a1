"""`make mirror`: the images of others, copied into the registry of ECR that the stack has made for them."""

import base64
import json
import re
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from sockshop import images
from sockshop.mirror import mirror
from tools.errors import UserError

ECR = re.compile(r"(?P<host>\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?)/.+")


def fill(registry: str) -> None:
    """Copy what the registry does not have, with a line for each image. Raises UserError."""
    address = ECR.fullmatch(registry)
    if address is None:
        raise UserError(f"{registry} is no registry of ECR.", f"python -m sockshop mirror {registry}")
    # No other program's command line and none of the user's files ever has the password.
    with tempfile.TemporaryDirectory(prefix="bookstore-") as directory:
        key = Path(directory) / "auth.json"
        key.touch(0o600)
        key.write_text(json.dumps({"auths": {address["host"]: {"auth": _authorization(address["region"])}}}))
        print(f"To {registry}:", flush=True)
        try:
            mirror(registry, partial(print, end="", flush=True), images.ALL, key)
        except UserError as error:
            raise UserError(
                error.cause, f"{error.remedy}; then run it again: copies that exist stay"
            ) from None


def _authorization(region: str) -> str:
    """Return name and password in the base64 that registries are sent; ECR takes them for twelve hours."""
    from botocore import exceptions as refused
    from botocore.session import Session

    try:
        answer = Session().create_client("ecr", region_name=region).get_authorization_token()
    except refused.MissingDependencyException:  # by `aws login`, as in tools.credentials
        return base64.b64encode(f"AWS:{_password_by_cli(region)}".encode()).decode()
    except (refused.BotoCoreError, refused.ClientError) as error:
        raise UserError(
            f"ECR gives no password for its registry: {error}",
            "see that your identity may do ecr:GetAuthorizationToken, and that this machine reaches AWS",
        ) from None
    return str(answer["authorizationData"][0]["authorizationToken"])


def _password_by_cli(region: str) -> str:
    command = ["aws", "ecr", "get-login-password", "--region", region]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UserError(
            f"Credentials by `aws login` are read by the AWS CLI alone, and it does not start: {error}",
            "install it, or give keys in the environment",
        ) from None
    if asked.returncode != 0:
        raise UserError(f"`{' '.join(command)}` failed: {asked.stderr.strip()}", "sign in again: aws login")
    return asked.stdout.strip()
