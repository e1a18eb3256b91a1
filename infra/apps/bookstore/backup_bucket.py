"""Where a database's dumps and copies of cover pictures are kept."""

from dataclasses import dataclass

import pulumi

from infra.components.aws.data.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.components.aws.iam.grant import Grant

DUMPS, COVERS = "dumps/", "covers/"


@dataclass(frozen=True, kw_only=True)
class BackupBucketArgs:
    """What a backup bucket is made of.

    Args:
        days: how long a dump is kept.
        keep: leave the bucket in the account when the stack is destroyed; otherwise it goes with its dumps.
    """

    retention_days: int
    retain_data: bool


class BackupBucket(pulumi.ComponentResource):
    """A private bucket for dumps, and for copies of cover pictures, which stay as long as the bucket."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: BackupBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:apps:BackupBucket", name, None, opts)
        bucket = PrivateBucket(
            name,
            PrivateBucketArgs(
                expiration_days=args.retention_days,
                expiration_prefix=DUMPS,
                retain_data=args.retain_data,
                versioning=True,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.name = bucket.name
        self._arn = bucket.arn
        self.register_outputs({"name": self.name})

    def exchange(self, prefix: str) -> list[Grant]:
        """Let a role read and write what is below a prefix, and delete nothing: copies outlive its faults."""
        return [
            Grant(
                actions=["s3:GetObject", "s3:PutObject"],
                resources=[pulumi.Output.concat(self._arn, f"/{prefix}*")],
            ),
            Grant(
                actions=["s3:ListBucket"],
                resources=[self._arn],
                conditions={"StringLike": {"s3:prefix": f"{prefix}*"}},
            ),
        ]
