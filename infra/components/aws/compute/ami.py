"""The image that a machine starts from."""

import pulumi
import pulumi_aws as aws


def resolve_ami(ami: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Return the id of an image.

    Args:
        image: an id (`ami-...`), or the name of a public SSM parameter that holds one.
        parent: the block that asks; AWS is asked through its provider.
    """
    if ami.startswith("ami-"):
        return pulumi.Output.from_input(ami)
    return aws.ssm.get_parameter_output(name=ami, opts=pulumi.InvokeOutputOptions(parent=parent)).value


def is_parameter(ami: str) -> bool:
    """Tell whether the image is another one from time to time, which a running machine must ignore."""
    return not ami.startswith("ami-")
