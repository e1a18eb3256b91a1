"""Where a stage is built: the AWS provider that its blocks use."""

import pulumi
import pulumi_aws as aws

EMULATED = (
    "acm", "autoscaling", "cloudfront", "cloudwatch", "cloudwatchlogs", "ec2", "ecr", "efs", "elbv2", "iam",
    "imagebuilder", "logs", "rds", "route53", "s3", "secretsmanager", "sns", "ssm", "sts", "wafv2",
)  # fmt: skip
# The key that emulators take; a user's real ones must not reach them.
EMULATOR_KEY = "test"


def cloud(*, region: pulumi.Input[str], emulator: str | None, tags: dict[str, str]) -> pulumi.ResourceOptions:
    """Return the options that place a block, and all its children, in AWS.

    Args:
        region: the AWS region, such as `us-east-1`.
        emulator: the URL of an emulated AWS; None is AWS itself, with the user's own credentials.
        tags: put on everything that can carry a tag.
    """
    default_tags = aws.ProviderDefaultTagsArgs(tags=tags)
    # Each machine writes its own BootStatus; the next `pulumi up` must not take it away.
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
