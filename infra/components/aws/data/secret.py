"""A secret: kept in Secrets Manager, read by the machines whose role may."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from infra.components.aws.iam.grant import Grant


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What a secret is made of.

    Args:
        description: what it opens.
        value: the secret itself; None has a random text of 40 letters and digits made.
    """

    description: str
    value: pulumi.Output[str] | None = None


class Secret(pulumi.ComponentResource):
    """A text in Secrets Manager, 0.40 USD a month; in the stack's state it is encrypted."""

    arn: pulumi.Output[str]
    value: pulumi.Output[str]
    read: Grant

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:Secret", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        # Letters and digits: no shell, SQL or URL that the secret passes through needs to quote them.
        self.value = pulumi.Output.secret(
            args.value or random.RandomPassword(name, length=40, special=False, opts=child_opts).result
        )
        secret = aws.secretsmanager.Secret(
            name, description=args.description, recovery_window_in_days=7, opts=child_opts
        )
        version = aws.secretsmanager.SecretVersion(
            name, secret_id=secret.id, secret_string=self.value, opts=child_opts
        )
        # By way of the version: whoever is told where the secret is finds a value there.
        self.arn = version.secret_id
        self.read = Grant(actions=["secretsmanager:GetSecretValue"], resources=[secret.arn])
        self.register_outputs({"arn": self.arn})
