"""A private S3 bucket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

Statement = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Arguments for `PrivateBucket`.

    Args:
        expiration_days: after how many days S3 deletes an object.
        expiration_prefix: the prefix of the objects that expire; empty for all.
        retain_data: keep the bucket when the stack is destroyed; otherwise delete it with its objects.
        versioning: whether an overwritten or deleted object can be restored for a week.
        policy_statements: more statements of the bucket's policy, as a function of its ARN.
    """

    expiration_days: int
    expiration_prefix: str
    retain_data: bool
    versioning: bool
    policy_statements: Callable[[pulumi.Output[str]], Sequence[Statement]] = lambda _arn: []


class PrivateBucket(pulumi.ComponentResource):
    """An encrypted S3 bucket without public access, reachable over TLS only, whose objects expire."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PrivateBucket", name, None, opts)
        # The settings that protect the bucket stay as long as the bucket.
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=args.retain_data)
        bucket = aws.s3.Bucket(name, force_destroy=not args.retain_data, opts=retained)
        closed = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=retained,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="AES256"
                    )
                )
            ],
            opts=retained,
        )
        versioning = self._versioning(name, bucket, retained) if args.versioning else None
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="forget",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=args.expiration_prefix),
                    expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(
                        days=args.expiration_days
                    ),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=7
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=1
                    ),
                )
            ],
            opts=pulumi.ResourceOptions.merge(
                retained, pulumi.ResourceOptions(depends_on=[versioning] if versioning else [])
            ),
        )
        policy = aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [_deny_plain_http(bucket.arn), *args.policy_statements(bucket.arn)],
                }
            ),
            # S3 refuses to change both at the same time.
            opts=pulumi.ResourceOptions.merge(retained, pulumi.ResourceOptions(depends_on=[closed])),
        )
        # Known only after the policy is attached: whoever has the name may write to the bucket.
        self.name = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda found: str(found[0]))
        self.arn = bucket.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _versioning(
        self, name: str, bucket: aws.s3.Bucket, retained: pulumi.ResourceOptions
    ) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=retained,
        )


def _deny_plain_http(arn: pulumi.Output[str]) -> Statement:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, pulumi.Output.concat(arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
