"""Passwords that Pulumi makes and keeps in the stack's state, encrypted."""

import pulumi
import pulumi_random as random


def random_password(name: str, parent: pulumi.Resource, length: int = 40) -> pulumi.Output[str]:
    """Return a new password as a secret: letters and digits only, which need no quoting anywhere."""
    password = random.RandomPassword(
        name, length=length, special=False, opts=pulumi.ResourceOptions(parent=parent)
    )
    return pulumi.Output.secret(password.result)
