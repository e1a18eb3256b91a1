"""Physical names that are known before the resource that gets them."""

import pulumi
import pulumi_random as random


def unique_name(name: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Return the name with a random suffix, as Pulumi names resources itself: `database-x7k2m9q`.

    Use it where something else has to carry the name first, such as the log group that a service writes to.
    Lower-case letters and digits suit every service of AWS.
    """
    suffix = random.RandomString(
        name, length=7, special=False, upper=False, opts=pulumi.ResourceOptions(parent=parent)
    )
    return pulumi.Output.concat(f"{name}-", suffix.result)
