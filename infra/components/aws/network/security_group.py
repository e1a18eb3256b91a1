"""Security groups without rules of their own."""

import pulumi
import pulumi_aws as aws


def security_group(name: str, vpc_id: pulumi.Input[str], parent: pulumi.Resource) -> aws.ec2.SecurityGroup:
    """Create the security group of a component. It allows nothing until an edge adds a rule."""
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=vpc_id,
        description=f"{name}: what its edges allow",
        opts=pulumi.ResourceOptions(parent=parent),
    )
