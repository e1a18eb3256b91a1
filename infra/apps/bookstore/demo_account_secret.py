"""The demo accounts' passwords, for servers on AWS."""

import pulumi

from infra.apps.bookstore.demo_accounts import ROLES, with_emails
from infra.components.aws.data.secret import Secret, SecretArgs
from infra.components.password import random_password


class DemoAccountSecret(pulumi.ComponentResource):
    """A random password for each demo account, in one secret of Secrets Manager.

    `accounts` is a secret output: `{role: {email, password}}`. `secret` holds `{role: password}` for the
    servers.
    """

    accounts: pulumi.Output[dict[str, dict[str, str]]]
    secret: Secret

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:DemoAccountSecret", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        passwords = pulumi.Output.all(
            **{role: random_password(f"{name}-{role}", self, length=20) for role in ROLES}
        )
        self.secret = Secret(
            f"{name}-demo-accounts",
            SecretArgs(
                description="Passwords of the shop's demo accounts, by role",
                value=pulumi.Output.json_dumps(passwords),
            ),
            child_opts,
        )
        self.accounts = pulumi.Output.secret(passwords.apply(with_emails))
        self.register_outputs({})
