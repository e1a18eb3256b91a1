"""The AWS provider of a stage, for AWS itself or an emulator."""

import pulumi
import pulumi_aws as aws

EMULATED = (
    "acm", "autoscaling", "cloudfront", "cloudwatch", "cloudwatchlogs", "ec2", "ecr", "efs", "elbv2", "iam",
    "imagebuilder", "logs", "rds", "route53", "s3", "secretsmanager", "sns", "ssm", "sts", "wafv2",
)  # fmt: skip
# Emulators accept any key; the user's own must not reach them.
EMULATOR_KEY = "test"


def cloud(*, region: pulumi.Input[str], emulator: str | None, tags: dict[str, str]) -> pulumi.ResourceOptions:
    """Return resource options with an AWS provider, which a component passes on to its children.

    Args:
        region: such as `us-east-1`.
        emulator: the URL of an emulated AWS; None is AWS itself, with the user's credentials.
        tags: for every resource that supports tags.
    """
    default_tags = aws.ProviderDefaultTagsArgs(tags=tags)
    # Each instance sets its own tag BootStatus, which the next `pulumi up` must not remove.
    ignore_tags = aws.ProviderIgnoreTagsArgs(keys=["BootStatus"])
    if emulator is None:
        provider = aws.Provider("aws", region=region, default_tags=default_tags, ignore_tags=ignore_tags)
    else:
        provider = aws.Provider(
            "aws",
            region=region,
            default_tags=default_tags,
            ignore_tags=ignore_tags,
            endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(EMULATED, emulator))],
            access_key=EMULATOR_KEY,
            secret_key=EMULATOR_KEY,
            skip_credentials_validation=True,
            skip_metadata_api_check=True,
            skip_region_validation=True,
            s3_use_path_style=True,
        )
    return pulumi.ResourceOptions(provider=provider)
