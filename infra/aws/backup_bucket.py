"""Where a database's dumps are kept."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.aws.grant import Grant

DUMPS = "dumps/"


@dataclass(frozen=True, kw_only=True)
class BackupBucketArgs:
    """What a backup bucket is made of.

    Args:
        days: how long a dump is kept.
        keep: leave the bucket in the account when the stack is destroyed; otherwise it goes with its dumps.
    """

    days: int
    keep: bool


class BackupBucket(pulumi.ComponentResource):
    """A private, encrypted S3 bucket that is spoken to over TLS alone and forgets dumps by their age."""

    name: pulumi.Output[str]
    exchange: list[Grant]

    def __init__(self, name: str, args: BackupBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:BackupBucket", name, None, opts)
        # What guards the bucket stays as long as the bucket does.
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=args.keep)
        bucket = aws.s3.Bucket(name, force_destroy=not args.keep, opts=kept)
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
        # Who breaks into the database's machine can write over dumps, but not delete what they were before.
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=kept,
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="forget",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=DUMPS),
                    expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.days),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=7
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=1
                    ),
                )
            ],
            opts=pulumi.ResourceOptions.merge(kept, pulumi.ResourceOptions(depends_on=[versioning])),
        )
        everything = pulumi.Output.concat(bucket.arn, "/*")
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": [bucket.arn, everything],
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ],
                }
            ),
            # S3 refuses two such changes at the same time.
            opts=pulumi.ResourceOptions.merge(kept, pulumi.ResourceOptions(depends_on=[closed])),
        )
        self.name = bucket.bucket
        self.exchange = [
            Grant(
                actions=["s3:GetObject", "s3:PutObject"],
                resources=[pulumi.Output.concat(bucket.arn, f"/{DUMPS}*")],
            ),
            Grant(
                actions=["s3:ListBucket"],
                resources=[bucket.arn],
                conditions={"StringLike": {"s3:prefix": f"{DUMPS}*"}},
            ),
        ]
        self.register_outputs({"name": self.name})
