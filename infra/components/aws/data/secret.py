"""Secrets in Secrets Manager."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.aws.iam.grant import Grant
from infra.components.password import random_password


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """Arguments for `Secret`.

    Args:
        description: what the secret is for.
        value: its value; None makes a random password of 40 letters and digits.
    """

    description: str
    value: pulumi.Output[str] | None = None


class Secret(pulumi.ComponentResource):
    """A value in Secrets Manager, for 0.40 USD a month. In the stack's state it is encrypted.

    `read` is the grant that lets a role read the value.
    """

    arn: pulumi.Output[str]
    value: pulumi.Output[str]
    read: Grant

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Secret", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        self.value = random_password(name, self) if args.value is None else pulumi.Output.secret(args.value)
        secret = aws.secretsmanager.Secret(
            name, description=args.description, recovery_window_in_days=7, opts=child_opts
        )
        version = aws.secretsmanager.SecretVersion(
            name, secret_id=secret.id, secret_string=self.value, opts=child_opts
        )
        # Known only after the value is stored: whoever has the ARN finds a value there.
        self.arn = version.secret_id
        self.read = Grant(actions=["secretsmanager:GetSecretValue"], resources=[secret.arn])
        self.register_outputs({"arn": self.arn})
