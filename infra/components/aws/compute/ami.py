"""AMIs, by id or by the SSM parameter that holds the newest one's id."""

import pulumi
import pulumi_aws as aws


def resolve_ami(ami: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Return the id of an AMI.

    Args:
        ami: an id (`ami-...`), or the name of a public SSM parameter that holds one.
        parent: the component that asks; its provider reads the parameter.
    """
    if is_parameter(ami):
        return aws.ssm.get_parameter_output(name=ami, opts=pulumi.InvokeOutputOptions(parent=parent)).value
    return pulumi.Output.from_input(ami)


def is_parameter(ami: str) -> bool:
    """Tell whether the AMI comes from a parameter. Its value changes, which must not replace an instance."""
    return not ami.startswith("ami-")
