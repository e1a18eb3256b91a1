"""The image that a machine starts from."""

import pulumi
import pulumi_aws as aws


def machine_image(image: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Return the id of an image.

    Args:
        image: an id (`ami-...`), or the name of a public SSM parameter that holds one.
        parent: the block that asks; AWS is asked through its provider.
    """
    if image.startswith("ami-"):
        return pulumi.Output.from_input(image)
    return aws.ssm.get_parameter_output(name=image, opts=pulumi.InvokeOutputOptions(parent=parent)).value


def moves(image: str) -> bool:
    """Tell whether the image is another one from time to time, which a running machine must ignore."""
    return not image.startswith("ami-")
