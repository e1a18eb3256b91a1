"""A bucket for what the stack writes and only its own people read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

Statement = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """What a private bucket is made of.

    Args:
        days: how long an object is kept.
        prefix: what the names of those objects begin with; empty for all.
        keep: leave the bucket in the account when the stack is destroyed; otherwise it goes with its objects.
        versioned: whether what an object was before can be had for a week after it was written over.
        statements: gives from the bucket's ARN what its policy says besides.
    """

    expiration_days: int
    expiration_prefix: str
    retain_data: bool
    versioning: bool
    policy_statements: Callable[[pulumi.Output[str]], Sequence[Statement]] = lambda _arn: []


class PrivateBucket(pulumi.ComponentResource):
    """An encrypted S3 bucket that is spoken to over TLS alone and forgets objects by their age."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("bookstore:aws:PrivateBucket", name, None, opts)
        # What guards the bucket stays as long as the bucket does.
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=args.retain_data)
        bucket = aws.s3.Bucket(name, force_destroy=not args.retain_data, opts=kept)
        closed = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=kept,
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
            opts=kept,
        )
        versioning = self._versions(name, bucket, kept) if args.versioning else None
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
                kept, pulumi.ResourceOptions(depends_on=[versioning] if versioning else [])
            ),
        )
        policy = aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [_by_tls(bucket.arn), *args.policy_statements(bucket.arn)],
                }
            ),
            # S3 refuses two such changes at the same time.
            opts=pulumi.ResourceOptions.merge(kept, pulumi.ResourceOptions(depends_on=[closed])),
        )
        # By way of the policy: whoever is told the bucket's name may write to it.
        self.name = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda found: str(found[0]))
        self.arn = bucket.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _versions(
        self, name: str, bucket: aws.s3.Bucket, kept: pulumi.ResourceOptions
    ) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=kept,
        )


def _by_tls(arn: pulumi.Output[str]) -> Statement:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, pulumi.Output.concat(arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
