"""The accounts with which a new shop is shown."""

import pulumi
import pulumi_random as random

from infra.components.aws.data.secret import Secret, SecretArgs

DEMO_ROLES = ("buyer", "seller", "administrator")


class DemoAccounts(pulumi.ComponentResource):
    """A buyer, a seller and an administrator, with passwords made here and kept in Secrets Manager.

    `accounts` is a secret: {role: {email, password}}; `passwords` holds {role: password} for the machines.
    """

    accounts: pulumi.Output[dict[str, dict[str, str]]]
    passwords: Secret

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:DemoAccounts", name, None, opts)
        child_opts = pulumi.ResourceOptions(parent=self)
        passwords = pulumi.Output.all(
            **{
                role: random.RandomPassword(
                    f"{name}-{role}", length=20, special=False, opts=child_opts
                ).result
                for role in DEMO_ROLES
            }
        )
        self.passwords = Secret(
            f"{name}-demo-accounts",
            SecretArgs(
                description="Passwords of the shop's demo accounts, by role",
                value=pulumi.Output.json_dumps(passwords),
            ),
            child_opts,
        )
        self.accounts = pulumi.Output.secret(passwords.apply(_with_addresses))
        self.register_outputs({})


def _with_addresses(passwords: dict[str, str]) -> dict[str, dict[str, str]]:
    return {
        role: {"email": f"{role}@bookstore.example", "password": password}
        for role, password in passwords.items()
    }
