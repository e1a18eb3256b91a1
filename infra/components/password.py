"""Random passwords, kept in the stack's encrypted state."""

import pulumi
import pulumi_random as random


def random_password(name: str, length: int, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Return a random password, as a secret.

    It has letters and digits only: no shell, SQL or URL that it passes through needs to quote them.
    """
    password = random.RandomPassword(name, length=length, special=False, opts=opts)
    return pulumi.Output.secret(password.result)
