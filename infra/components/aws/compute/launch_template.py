"""What all launch templates have in common."""

import pulumi_aws as aws


def imdsv2() -> aws.ec2.LaunchTemplateMetadataOptionsArgs:
    """Return the options that require IMDSv2, and keep the instance's credentials from containers."""
    return aws.ec2.LaunchTemplateMetadataOptionsArgs(
        http_endpoint="enabled",
        http_tokens="required",
        # One hop: the answer to a container is dropped on its way.
        http_put_response_hop_limit=1,
    )


def root_volume(volume_size: int) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    """Return an encrypted gp3 root volume of Amazon Linux; the size is in GiB."""
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name="/dev/xvda",
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=volume_size, volume_type="gp3", encrypted="true", delete_on_termination="true"
        ),
    )
