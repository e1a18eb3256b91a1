"""Trust policies: which AWS service may assume a role."""

import json
from collections.abc import Sequence


def trust_policy(service: str, actions: Sequence[str] = ("sts:AssumeRole",)) -> str:
    """Return the trust policy that lets one AWS service assume a role.

    Args:
        service: its principal without `.amazonaws.com`, such as `ec2`.
        actions: what it may do with the role.
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": actions[0] if len(actions) == 1 else list(actions),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
