"""Where a database's dumps are kept."""

from dataclasses import dataclass

import pulumi

from infra.aws.grant import Grant
from infra.aws.private_bucket import PrivateBucket, PrivateBucketArgs

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
    """A private bucket for dumps, which the database's machine may write over but not delete."""

    name: pulumi.Output[str]
    exchange: list[Grant]

    def __init__(self, name: str, args: BackupBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bookstore:aws:BackupBucket", name, None, opts)
        bucket = PrivateBucket(
            name,
            PrivateBucketArgs(days=args.days, prefix=DUMPS, keep=args.keep, versioned=True),
            pulumi.ResourceOptions(parent=self),
        )
        self.name = bucket.name
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
