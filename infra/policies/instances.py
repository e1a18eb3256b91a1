"""Policies on EC2 instances: metadata service and user data."""

import base64
import binascii
import re
from collections.abc import Iterator

from infra.policies.rule import Properties, rule

# A variable with the name of a secret and a value, unless the value is an ARN or another variable.
NAMED = re.compile(
    r"(?im)^\s*(?:export\s+)?\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY)\w*[ \t]*[=:][ \t]*"
    r"(?![\"']?(?:arn:|\$|\s|$))\S"
)
# Values that look like secrets: access keys of AWS, private keys, tokens of GitHub.
SHAPED = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}\b"
)


@rule("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate")
def imds_v2(props: Properties) -> Iterator[str]:
    """The metadata service requires a token: no forged request gets the role's credentials."""
    options = props.get("metadataOptions") or {}
    if options.get("httpEndpoint") != "disabled" and options.get("httpTokens") != "required":
        yield 'IMDSv1 is allowed; set http_tokens="required" in metadata_options.'


@rule("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate")
def no_secret_in_user_data(props: Properties) -> Iterator[str]:
    """User data has no secrets: everybody who may describe the instance can read it."""
    for key in ("userData", "userDataBase64"):
        text = _decoded(props.get(key) or "")
        if NAMED.search(text) or SHAPED.search(text):
            yield "the user data contains a secret; let the role read it from Secrets Manager instead."


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text
